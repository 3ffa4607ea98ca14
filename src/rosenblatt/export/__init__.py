"""A trained network in the terms of others: C99, PyTorch, ONNX.

Each module begins at the plain value `Model` and knows its one target alone; what needs a package
imports it when it is asked for.
"""
