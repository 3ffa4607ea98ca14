"""A quick test of shapes: only those of the words of dates are understood one by one."""

from __future__ import annotations

import functools
import re

from rosenblatt.support.types import BoolArray
from rosenblatt.table.notation.clock import HALVES, UTC_NAMES, ZONE_NAMES
from rosenblatt.table.notation.digit_shapes import DigitShapes
from rosenblatt.table.notation.months import MONTHS
from rosenblatt.table.notation.weekdays import WEEKDAYS

__all__ = ["plausible_dates"]

PARTICLES = (
    "st nd rd th er re º o ª a p m min t h q w kw cw week at um à las klo alle"
    " the le el den d' de del of feira uhr hrs roku r г р"
    " 年 월 月 日 号 號 년 일 第 季度 時 时 點 点 시 分 분 秒 초"
)


@functools.cache
def vocabulary() -> str:
    words = {*MONTHS, *WEEKDAYS, *ZONE_NAMES, *UTC_NAMES, *HALVES, *PARTICLES.split()}
    known = "|".join(map(re.escape, sorted(words)))
    return rf"^(?:{known}|[a-z_]+/[a-z_/]+|\[[^\]]*\]|\([^)]*\)|[^\pL])*$"


def plausible_dates(shapes: DigitShapes) -> BoolArray:
    """Which shapes have digits, and no words but those of dates."""
    return shapes.matching(vocabulary())
