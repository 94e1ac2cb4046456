#!/bin/bash
# A Slurm of this machine alone, for tests: munge, slurmctld and several slurmd, all below one folder.
#   mini_slurm.sh start FOLDER     three nodes cpu1 to cpu3, one with two simulated GPUs, gpu1, and one with four, gpu4
#   mini_slurm.sh stop FOLDER
# FOLDER must be short, and enterable for others. PORT_BASE: the first port, 17000 by default.
set -u
folder=$(realpath -m "$2")
port=${PORT_BASE:-17000}
host=$(hostname -s)
export SLURM_CONF=$folder/etc/slurm.conf

configure() {
    mkdir -p "$folder"/{etc,state,log,run,spool,munge,dev,bin}
    chmod 755 "$folder" "$folder"/*
    chmod 700 "$folder/munge"
    dd if=/dev/urandom of="$folder/munge/key" bs=1 count=1024 status=none
    chmod 400 "$folder/munge/key"
    cat >"$SLURM_CONF" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
AuthType=auth/munge
AuthInfo=socket=$folder/run/munge.sock
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmdPidFile=$folder/run/slurmd-%n.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd-%n.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
SchedulerParameters=defer,sched_interval=2,bf_interval=2
GresTypes=gpu
ReturnToService=2
MinJobAge=300
KillWait=5
SlurmdTimeout=30
SlurmdParameters=config_overrides
DefMemPerCPU=100
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
PartitionName=cpu Nodes=cpu[1-3] Default=YES MaxTime=600 DefaultTime=10 PriorityTier=1 GraceTime=10 State=UP
PartitionName=urgent Nodes=cpu[1-3] MaxTime=600 DefaultTime=10 PriorityTier=10 State=UP
PartitionName=gpu Nodes=gpu1 MaxTime=600 DefaultTime=10 State=UP
PartitionName=gpu4 Nodes=gpu4 MaxTime=600 DefaultTime=10 State=UP
NodeName=gpu1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 41)) CPUs=4 RealMemory=16000 Gres=gpu:2 State=UNKNOWN
NodeName=gpu4 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 44)) CPUs=4 RealMemory=16000 Gres=gpu:4 State=UNKNOWN
END
    for node in 1 2 3; do
        echo "NodeName=cpu$node NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + node)) CPUs=2 RealMemory=8000 State=UNKNOWN"
    done >>"$SLURM_CONF"
    for gpu in 0 1 2 3; do [ -e "$folder/dev/gpu$gpu" ] || mknod "$folder/dev/gpu$gpu" c 1 3; done
    echo "NodeName=gpu1 Name=gpu File=$folder/dev/gpu[0-1]" >"$folder/etc/gres.conf"
    echo "NodeName=gpu4 Name=gpu File=$folder/dev/gpu[0-3]" >>"$folder/etc/gres.conf"
    printf '#!/bin/sh\nSLURM_CONF=%s exec /usr/bin/srun "$@"\n' "$SLURM_CONF" >"$folder/bin/srun"
    chmod 755 "$folder/bin/srun"
}

start() {
    configure
    munged --key-file="$folder/munge/key" --socket="$folder/run/munge.sock" \
        --pid-file="$folder/run/munged.pid" --log-file="$folder/log/munged.log" \
        --seed-file="$folder/munge/seed" || return 1
    slurmctld -c || return 1
    for node in cpu1 cpu2 cpu3 gpu1 gpu4; do slurmd -N "$node" || return 1; done
    for _ in $(seq 100); do
        [ "$(sinfo -hN -o %T | sort -u)" = idle ] && return 0
        sleep .1
    done
    sinfo -N -l
    return 1
}

stop() {
    timeout 5 scancel --full -u "$(id -un)"
    sleep 1
    for file in "$folder"/run/slurmd-*.pid "$folder"/run/slurmctld.pid; do
        [ -f "$file" ] || continue
        daemon=$(cat "$file")
        kill "$daemon"
        for _ in $(seq 50); do
            kill -0 "$daemon" 2>/dev/null || break
            sleep .1
        done
        kill -9 "$daemon" 2>/dev/null
    done
    kill "$(cat "$folder/run/munged.pid")"
}

"$1"
