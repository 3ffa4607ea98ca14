"""Training over a cluster: a parameter server (theory G18)."""
