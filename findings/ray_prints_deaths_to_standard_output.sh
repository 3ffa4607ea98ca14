#!/usr/bin/env bash
# Ray 2.60.0: with log_to_driver=False and logging_level="ERROR", the death of a worker is printed to the driver's standard
# output all the same, coloured, between the lines that the program writes: a program that writes JSON there writes none.
#
# Seen: the first line is "(raylet) A worker died or was killed while executing a task by an unexpected system error. ...",
# with colours of a terminal though there is none; then "end". Standard error has nothing of it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet ray==2.60.0
HOME="$folder" "$folder/venv/bin/python" - >"$folder/out" 2>"$folder/err" <<'PYTHON'
import os
import signal
import time

import ray

quiet = {"log_to_driver": False, "logging_level": "ERROR"}
ray.init(address="local", num_cpus=1, include_dashboard=False, **quiet)


@ray.remote
class Actor:
    def process(self):
        return os.getpid()

    def wait(self):
        time.sleep(60)


actor = Actor.remote()
process, call = ray.get(actor.process.remote()), actor.wait.remote()
time.sleep(1)
os.kill(process, signal.SIGKILL)
try:
    ray.get(call)
except ray.exceptions.RayActorError:
    time.sleep(4)
print("end")
PYTHON
cut -c -90 "$folder/out"
grep -q $'\033.*(raylet).*A worker died' "$folder/out"
tail -1 "$folder/out" | grep -qx end
! grep -q "A worker died" "$folder/err"
