"""One sample, number by number: forward, back, and one step (theory B1, B2, B7-B11, B13)."""

from rosenblatt.tracing.model_trace import model_trace, traceable
from rosenblatt.tracing.of_estimator import trace
from rosenblatt.tracing.sample_trace import SampleTrace
from rosenblatt.tracing.solver_step import step_of
from rosenblatt.tracing.values import LayerTrace

__all__ = ["LayerTrace", "SampleTrace", "model_trace", "step_of", "trace", "traceable"]
