"""How fast rosenblatt trains beside its peers: `python -m benchmarks` (see README.md)."""
