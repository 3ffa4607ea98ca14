"""Patterns of times of day and zones in shapes, where every digit is a 0 and every letter small."""

from __future__ import annotations

__all__ = [
    "HALVES",
    "TIME",
    "TIME_ALONE",
    "TOGETHER",
    "UTC_NAMES",
    "ZONE",
    "ZONE_NAMES",
]

# The hours that a word can stand at, and those that it adds.
WHOLE = frozenset(range(1, 13))
HALVES = {
    **dict.fromkeys(("am", "π.μ.", "ص"), (WHOLE, 0)),
    **dict.fromkeys(("pm", "μ.μ.", "م"), (WHOLE, 12)),
    # Hours of Japanese afternoons begin with 0.
    **dict.fromkeys(("上午", "午前", "오전", "凌晨", "早上", "清晨"), (WHOLE | {0}, 0)),
    **dict.fromkeys(("下午", "午後", "오후"), (WHOLE | {0}, 12)),
    "午夜": (frozenset({12}), 0),
    "中午": (frozenset({12, 1, 2}), 12),
    "晚上": (frozenset(range(5, 12)), 12),
}
UTC_NAMES = frozenset({"z", "utc", "gmt", "ut"})
# Letters that stand for different zones in different countries, or change with the season.
ZONE_NAMES = frozenset(
    (
        *("et", "est", "edt", "ct", "cst", "cdt", "mt", "mst", "mdt", "pt", "pst", "pdt"),
        *("akst", "akdt", "hst", "ast", "adt", "nst", "ndt", "art", "brt", "clt", "wet", "west"),
        *("bst", "ist", "cet", "cest", "mez", "mesz", "eet", "eest", "msk", "sast", "trt", "gst"),
        *("pkt", "wib", "sgt", "hkt", "jst", "kst", "aest", "aedt", "acst", "acdt", "awst"),
        *("nzst", "nzdt"),
    )
)

LEADING_HALF = (
    r"(?:(?P<half_before>[ap]m(?= )|[上下]午|午[前後夜]|凌晨|早上|清晨|中午|晚上|오[전후]) *)?"
)
TRAILING_HALF = r"(?: *(?P<half_after>(?:[ap]\.? ?m\.?|[πμ]\.μ\.|ص|م)(?![a-z])))"
FRACTION = r"(?P<fraction>0{1,9})"
COLONS = (
    rf"(?P<hour>0{{1,2}}):(?P<minute>00)(?::(?P<second>00)(?:(?:[.,]|:(?=000(?!0))){FRACTION})?)?"
)
POINTS = rf"(?P<hour>0{{1,2}})\.(?P<minute>00)(?:\.(?P<second>00)(?:[.,]{FRACTION})?)?"
TOGETHER = rf"(?P<hour>00)(?P<minute>00)(?:(?P<second>00)(?:[.,]{FRACTION})?)?"
LETTERS = r"(?P<hour>0{1,2}) ?(?:h|uhr) ?(?:(?P<minute>00)(?: ?m(?:in)?)?)?"
CHARACTERS = (
    r"(?P<hour>0{1,2}) ?[時时點点시] ?"
    r"(?:(?P<minute>0{1,2}) ?[分분] ?(?:(?P<second>0{1,2}) ?[秒초])?)?"
)
HOUR = r"(?P<hour>0{1,2})"
AFTER = r"(?: ?(?:uhr|hrs|h))?"

TIME = (
    rf"{LEADING_HALF}{COLONS}{TRAILING_HALF}?{AFTER}",
    rf"{POINTS}{TRAILING_HALF}?{AFTER}",
    TOGETHER,
    LETTERS,
    rf"{LEADING_HALF}{CHARACTERS}",
    rf"{HOUR}{TRAILING_HALF}",
)
# 12.30 and 1230 alone are numbers.
TIME_ALONE = (TIME[0], r"(?P<hour>0{1,2}) ?(?:h|uhr) ?(?P<minute>00)", TIME[4], TIME[5])

ZONE = (
    r"(?: ?(?P<zone>[a-z_]+(?:/[a-z_]+)+|[a-z]{1,5}))?"
    r"(?: ?(?P<sign>[+-])(?P<zone_hour>0{1,2})(?::?(?P<zone_minute>00))?(?: [a-z]{2,5})?)?"
    r"(?: ?\[(?P<place>[a-z_/+-]+)\])?(?: ?\([^()]*\))?"
)
