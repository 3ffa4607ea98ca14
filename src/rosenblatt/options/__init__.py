"""From the names and numbers that an estimator takes to the objects that they stand for."""
