"""Checkpoints of a fit, and what identifies the fit that they belong to."""
