#!/bin/sh
# Print what has become of the job $1, in the words that Snakemake knows: running, success or failed.
# While the scheduler does not answer, the job is taken to be running: it may well be.
state=$(squeue --noheader --states=all --jobs="$1" --format=%T 2>&1 | head -n 1)
case $state in
COMPLETED) echo success ;;
PENDING | CONFIGURING | RUNNING | COMPLETING | SUSPENDED | REQUEUED | REQUEUE_HOLD | PREEMPTED) echo running ;;
*'Invalid job id'*) echo failed ;;
slurm_*) echo running ;;
*) echo failed ;;
esac
