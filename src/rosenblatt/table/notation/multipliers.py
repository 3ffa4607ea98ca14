"""Multipliers behind a number: 12.5K, 2 Mio., 5万."""

from __future__ import annotations

import re

from rosenblatt.table.notation.units import CURRENCY

__all__ = ["LETTERS", "power_of", "split_suffix"]

# Words for powers of ten, in lower case and without a point at the end. Those that mean another one
# in another language, such as mil and tn, or a unit, such as mn and md, are left out.
WORDS_OF = {
    3: "k tsd tausend thousand mille mila duizend tusen tusind tis tys tysiąca tysiące tysięcy "
    "ezer тыс тысяч тысяча тысячи тис тисяч тисяча тисячі ألف آلاف ribu 千 천",
    4: "万 萬 만",
    5: "lakh lakhs",
    6: "mio mln million millions millionen millioner miljoner miljoen millones millón milhões "
    "milhão milioni milione milion miliona miliony milionów millió milyon juta jt млн миллион "
    "миллиона миллионов мільйон мільйона мільйонів مليون 百万 百萬 백만",
    7: "crore crores 千万 千萬 천만",
    8: "億 亿 억",
    9: "bn bln billion billions mrd mld mia milliarde milliarden milliard milliards miliard "
    "miliardy miliardów milyar miliar млрд миллиард миллиарда миллиардов مليار",
    12: "trn trillion trillions 万亿 조",
}
POWERS = {word: power for power, words in WORDS_OF.items() for word in words.split()}
# Single letters are units as well: those of small size count only beside a currency.
LETTERS = {"K": 3, "M": 6, "B": 9, "m": 6, "b": 9}
WORDS = "|".join(sorted(POWERS, key=len, reverse=True))
OF_CURRENCY = re.compile(rf"(?P<multiplier>(?:(?i:{WORDS})\.?|[KMBmb]))\s*(?P<unit>{CURRENCY}.*)")
OF_UNIT = re.compile(rf"(?P<multiplier>(?i:{WORDS})\.?) (?P<unit>\S.*)")
OF_MYRIADS = re.compile(r"(?P<multiplier>[百千]?[万萬]|[億亿]|[백천]?만|억)(?P<unit>.+)")
ALONE = re.compile(rf"(?:(?i:{WORDS})\.?|[KMB])")
ALONE_WITH_CURRENCY = re.compile(r"[mb]")


def power_of(multiplier: str) -> int:
    """The power of ten that a multiplier stands for; 0 for none."""
    if multiplier in LETTERS:
        return LETTERS[multiplier]
    return POWERS[multiplier.lower().rstrip(".")] if multiplier else 0


def split_suffix(suffix: str, with_currency: bool) -> tuple[str, str]:
    """(multiplier, unit) of what follows a number: "Mio. €" is ("Mio.", "€").

    `with_currency` says that a currency precedes the number.
    """
    if ALONE.fullmatch(suffix) or (with_currency and ALONE_WITH_CURRENCY.fullmatch(suffix)):
        return suffix, ""
    for pattern in (OF_CURRENCY, OF_UNIT, OF_MYRIADS):
        found = pattern.fullmatch(suffix)
        if found:
            return found["multiplier"], found["unit"]
    return "", suffix
