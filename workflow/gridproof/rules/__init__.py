"""What the rules of the workflow ask: functions of wildcards, a module for each rule file."""
