"""Takes a cell apart that holds a number: its sign, digits, exponent, multiplier and unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import final

from rosenblatt.table.notation.multipliers import split_suffix
from rosenblatt.table.notation.units import CURRENCY, CURRENCY_SIGNS, is_currency

__all__ = ["INFINITY", "NumberCell", "SignStyle", "cell_of", "is_error"]


class SignStyle(Enum):
    """How a number is told to be negative."""

    NONE = "none"
    LEADING = "leading"
    TRAILING = "trailing"
    PARENTHESES = "parentheses"


# One character after the other, so that no text is tried in more ways than it has characters.
VOWEL_SIGNS = "\u0300-\u036f\u064b-\u065f\u0900-\u0e7f"  # no letters to Python
IN_UNIT = rf"(?:[^\W\d_]|[ ./·*^⋅²³°%‰{CURRENCY_SIGNS}{VOWEL_SIGNS}-]|(?<=[mts^])[23])"
UNIT = rf"(?:(?:{CURRENCY}|[%‰‱°/Ω]|[^\W\d_]){IN_UNIT}*(?<![ /*^·⋅-])|[\"'″′])"
BOUND = (
    r"(?:[<>≤≥~]|[<>]=|=[<>]|(?:less|more)\ than|up\ to|at\ (?:least|most)"
    r"|(?:ca|circa|approx|approximately|about|around|under|over|unter|über|etwa|rund)\b\.?)"
)
CELL = re.compile(
    rf"""
    (?:(?P<bound>{BOUND})\s*)?
    (?:(?P<before>{CURRENCY}|%)\s*)?
    (?:(?P<open>\()\s*)?
    (?:(?P<sign>[-+])\s*)?
    (?:(?P<within>{CURRENCY}|%)\s*)?
    (?:(?P<sign_within>[-+])\s*)?
    (?P<body>\d+(?:[.,'_\ ٫٬]\d+)*[.,٫]?|[.,٫]\d+)
    (?P<exponent>[eE][-+]?\d+)?
    (?P<no_cents>(?<=[.,])-{{1,2}}|/-)?
    (?P<close>\s*\))?
    (?P<sign_after>-(?=$|\s*{CURRENCY}))?
    (?:(?P<blank>\s*)(?P<suffix>{UNIT}))?
    (?P<sign_end>[-+])?
    (?P<close_end>\s*\))?
    """,
    re.VERBOSE,
)
# Times of day, ordinal places, sides of an account; a lone e is half of an exponent.
NO_UNIT = re.compile(r"[aApP]\.? ?[mM]\.?|st|nd|rd|th|(?i:cr|dr)\.?|[eE]")
INFINITE = re.compile(r"(?P<sign>[-+])?(?:inf|infinity|∞)", re.IGNORECASE)
ERROR = re.compile(
    r"#[¡¿]?[^\W\d_][\w/ ]*[!?]|#(?:N/?[ADV]|N/[ADV]|SPILL|CALC|BUSY)|#{3,}|Err:\d{3}"
)
MOST_CHARACTERS = 64
INFINITY = "inf"


@final
@dataclass(frozen=True)
class NumberCell:
    """A number's parts, as they stand in one cell or in the shape of many.

    Attributes
    ----------
    body : str
        Digits with separators; or INFINITY.
    start : int
        Where the body starts, in bytes of UTF-8.
    style : SignStyle
    exponent : str
        Such as "e-05", directly behind the body; or "".
    multiplier : str
        Such as "Mio."; or "".
    unit : str
    spaced : bool
        Whether a blank stands before what follows the number.
    bounded : bool
        Whether the value is known as a bound or nearly only, as in "<0.5" and "100+".
    """

    body: str
    start: int
    style: SignStyle
    exponent: str = ""
    multiplier: str = ""
    unit: str = ""
    spaced: bool = False
    bounded: bool = False

    @property
    def is_negative(self) -> bool:
        return self.style is not SignStyle.NONE


def is_error(text: str) -> bool:
    """Whether a spreadsheet writes so that a formula has failed."""
    return ERROR.fullmatch(text) is not None


def cell_of(text: str) -> NumberCell | None:
    """The parts of a number with plain characters; None if the text is none."""
    if len(text) > MOST_CHARACTERS:
        return None
    infinite = INFINITE.fullmatch(text)
    if infinite:
        sign = SignStyle.LEADING if infinite["sign"] == "-" else SignStyle.NONE
        return NumberCell(INFINITY, 0, sign)
    match = CELL.fullmatch(text)
    style = sign_style(match) if match else None
    if match is None or style is None:
        return None
    before = match["before"] or match["within"] or ""
    suffix = match["suffix"] or ""
    if NO_UNIT.fullmatch(suffix) or (match["before"] and match["within"]):
        return None
    multiplier, unit = split_suffix(suffix, bool(before))
    if multiplier and match["exponent"]:
        return None
    return NumberCell(
        body=match["body"],
        start=len(text[: match.start("body")].encode()),
        style=style,
        exponent=match["exponent"] or "",
        multiplier=multiplier,
        unit=joined(before, unit),
        spaced=bool(match["blank"]),
        bounded=match["bound"] is not None or match["sign_end"] == "+",
    )


def sign_style(match: re.Match[str]) -> SignStyle | None:
    """None for contradictions: two signs, a parenthesis that nothing closes."""
    closing = [match[name] for name in ("close", "close_end") if match[name]]
    if len(closing) != bool(match["open"]):
        return None
    leading = [sign for name in ("sign", "sign_within") if (sign := match[name])]
    trailing = [sign for name in ("sign_after", "sign_end") if (sign := match[name])]
    if len(leading) + len(trailing) + len(closing) > 1:
        return None
    if closing:
        return SignStyle.PARENTHESES
    if leading == ["-"]:
        return SignStyle.LEADING
    return SignStyle.TRAILING if trailing == ["-"] else SignStyle.NONE


def joined(before: str, unit: str) -> str:
    """The unit of a cell with a sign before the number and a unit behind."""
    if not before or not unit:
        return before or unit
    if unit.startswith("/") or not is_currency(unit):
        return f"{before}{unit}" if unit.startswith("/") else f"{before} {unit}"
    return unit
