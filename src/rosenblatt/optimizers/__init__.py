"""First-order optimisers over the flat parameter vector (theory G1, G7-G10).

An optimiser has hyper-parameters, a number of state slots for every parameter, and the rule that
turns a gradient into an update. `lr` is the base rate; a schedule multiplies it by a factor in
every step. Semantics and defaults are those of PyTorch's class of the same name. PyTorch's coupled
`weight_decay` is an L2 penalty, which the problem has here and not the optimiser.
"""

from rosenblatt.optimizers.adam import Adam, AdamW, AMSGrad, NAdam, RAdam
from rosenblatt.optimizers.adaptive import AdaDelta, AdaGrad, RMSProp
from rosenblatt.optimizers.base import DecoupledDecay, Optimizer
from rosenblatt.optimizers.lion import Lion
from rosenblatt.optimizers.sgd import SGD

__all__ = [
    "SGD",
    "AMSGrad",
    "AdaDelta",
    "AdaGrad",
    "Adam",
    "AdamW",
    "DecoupledDecay",
    "Lion",
    "NAdam",
    "Optimizer",
    "RAdam",
    "RMSProp",
]
