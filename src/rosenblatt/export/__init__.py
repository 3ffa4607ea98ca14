"""A trained network in the terms of others: C99, PyTorch, ONNX, SQL, JavaScript, R, PMML and more.

Each module exports a `Model` to one target. SQL, JavaScript, R and PMML are written as formulas,
which are data in `expression`, of the steps that `parts` makes of layers. A package that a target
needs is imported only then.
"""
