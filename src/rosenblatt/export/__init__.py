"""A trained network in the terms of others: C99, PyTorch, ONNX, SQL, JavaScript, R.

Each module exports a `Model` to one target; the last three write formulas that are data in
`expression`, of steps that `parts` makes of layers. A package that a target needs is imported only
then.
"""
