"""Second-order methods (theory G15-G17)."""

from rosenblatt.second_order.gauss_newton import GaussNewton
from rosenblatt.second_order.kfac import KFAC
from rosenblatt.second_order.levenberg_marquardt import LevenbergMarquardt

__all__ = ["KFAC", "GaussNewton", "LevenbergMarquardt"]
