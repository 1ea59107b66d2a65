#!/bin/bash
# A one-host Slurm for tests/cluster/check_slurm.py. As root, on Debian 12 or in a container of it:
#
#     make setup && tests/cluster/slurm.sh
#
# What it configures lies in a temporary folder, with two links to it in /etc/slurm while it runs:
# the plugin's inner srun is not told of $SLURM_CONF. /etc/munge stays as it is.
set -euo pipefail
cd "$(dirname "$0")/../.."
PYTHON=${PYTHON:-.venv/bin/python}

[ "$(id -u)" = 0 ] || { echo 'Run as root, as slurmd does.' >&2; exit 1; }
for file in slurm.conf gres.conf; do
    [ ! -e /etc/slurm/$file ] || { echo 'This machine has a Slurm of its own.' >&2; exit 1; }
done
command -v slurmctld >/dev/null && command -v slurmd >/dev/null && command -v munged >/dev/null || {
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends slurm-wlm munge
}
"$PYTHON" -c 'import snakemake_executor_plugin_slurm' 2>/dev/null ||
    "$PYTHON" -m pip install --quiet -c constraints.txt -e '.[slurm]'

folder=$(mktemp -d)
daemons=()
stop() {
    status=$?
    scancel --user root 2>/dev/null || true
    for ((i = ${#daemons[@]} - 1; i >= 0; i--)); do
        kill "${daemons[i]}" 2>/dev/null && wait "${daemons[i]}" || true
    done
    rm -f /etc/slurm/slurm.conf /etc/slurm/gres.conf
    [ $status = 0 ] && rm -rf "$folder" || echo "slurm.sh: failed; $folder tells why" >&2
}
trap stop EXIT

host=$(hostname -s)
mkdir "$folder/state" "$folder/spool"
cat >"$folder/slurm.conf" <<END
ClusterName=check
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
CredType=cred/munge
SlurmctldPort=16817
SlurmdPort=16818
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
GresTypes=gpu
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$(awk '/^MemTotal/ {print int($2 / 1024)}' /proc/meminfo) Gres=gpu:1
PartitionName=all Nodes=$host Default=YES
END
# Any device file will do: Slurm counts it, and the stages find no GPU and take the CPU.
echo "NodeName=$host Name=gpu File=/dev/null" >"$folder/gres.conf"
ln -s "$folder/slurm.conf" "$folder/gres.conf" /etc/slurm/

head -c 64 /dev/urandom >"$folder/munge.key"
chmod 400 "$folder/munge.key"
start() {
    "$@" >>"$folder/daemons.log" 2>&1 &
    daemons+=($!)
}
start munged --foreground --force --key-file "$folder/munge.key" --socket "$folder/munge.socket" \
    --pid-file "$folder/munged.pid" --log-file "$folder/munged.log" --seed-file "$folder/munge.seed"
start slurmctld -D
start slurmd -D
for _ in $(seq 60); do
    [ "$(sinfo --noheader --format %T 2>/dev/null)" = idle ] && break
    sleep 1
done
[ "$(sinfo --noheader --format %T)" = idle ] || { cat "$folder/daemons.log" >&2; exit 1; }
echo "slurm.sh: $(sinfo --version) is up on one host, without accounting"

"$PYTHON" -m tests.cluster.check_slurm "$folder"
