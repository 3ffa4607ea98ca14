#!/usr/bin/env bash
# Ray 2.60.0 on Linux: a local cluster that is told to be at 127.0.0.1 takes the machine's own address in its place, and its
# processes listen on all interfaces.
#
# Seen: node at 192.0.2.2, its port listening at *
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet ray==2.60.0
HOME="$folder" "$folder/venv/bin/python" - <<'PYTHON'
from pathlib import Path

import ray

ray.init(address="local", num_cpus=1, include_dashboard=False, _node_ip_address="127.0.0.1")
(node,) = ray.nodes()
port = f"{node['NodeManagerPort']:04X}"
rows = [line.split() for line in Path("/proc/net/tcp6").read_text().splitlines()[1:]]
(address,) = {row[1].split(":")[0] for row in rows if row[3] == "0A" and row[1].endswith(f":{port}")}
print("node at", node["NodeManagerAddress"], "- its port listening at", address)
assert node["NodeManagerAddress"] != "127.0.0.1"
assert address == "0" * 32  # ::, all interfaces
PYTHON
