#!/bin/sh
# Print what has become of the job $1, in the words that Snakemake knows: running, success or failed.
# While the scheduler does not answer, the job is taken to be running: it may well be.
state=$(squeue --noheader --states=all --jobs="$1" --format=%T 2>&1 | head -n 1)
case $state in
COMPLETED) echo success ;;
'' | *'Invalid job id'*) echo failed ;;
BOOT_FAIL | CANCELLED | DEADLINE | FAILED | NODE_FAIL | OUT_OF_MEMORY | REVOKED | TIMEOUT) echo failed ;;
*) echo running ;;
esac
