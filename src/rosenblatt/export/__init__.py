"""A trained network in the terms of others: C99, PyTorch, ONNX.

Each module exports a `Model` to one target. A package that a target needs is imported only then.
"""
