"""Parquet files larger than memory: found, split, learnt, and read in a shuffled order."""
