#!/bin/sh
# Print what has become of the job $1, in the words that Snakemake knows: running, success or failed.
state=$(squeue --noheader --states=all --jobs="$1" --format=%T 2>/dev/null | head -n 1)
case $state in
COMPLETED) echo success ;;
PENDING | CONFIGURING | RUNNING | COMPLETING | SUSPENDED | REQUEUED | REQUEUE_HOLD | PREEMPTED) echo running ;;
*) echo failed ;;
esac
