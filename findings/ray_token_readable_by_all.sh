#!/usr/bin/env bash
# Ray 2.60.0: `ray.init()` writes the token that lets run code on its cluster, ~/.ray/auth_token, with the permissions that
# the umask leaves: every user of the machine can read it.
#
# Seen: 0o644 in a folder of 0o755
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
umask 022
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet ray==2.60.0
HOME="$folder" "$folder/venv/bin/python" - <<'PYTHON'
from pathlib import Path

import ray

ray.init(address="local", num_cpus=1, include_dashboard=False)
token = Path.home() / ".ray" / "auth_token"
modes = [path.stat().st_mode & 0o777 for path in (token, token.parent)]
print(oct(modes[0]), "in a folder of", oct(modes[1]))
assert modes[0] & 0o004
assert modes[1] & 0o005
PYTHON
