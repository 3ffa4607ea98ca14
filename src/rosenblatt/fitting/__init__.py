"""A fit: data, solvers, the training loop, and what is recorded on the way."""
