"""Which cells a study has, who they are, and what each job is to do."""
