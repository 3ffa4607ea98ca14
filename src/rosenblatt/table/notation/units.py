"""Units, currencies and multipliers beside a number."""

from __future__ import annotations

import re

__all__ = [
    "CURRENCY",
    "CURRENCY_SIGNS",
    "canonical_unit",
    "is_currency",
    "power_of",
    "split_suffix",
]

ISO_CODES = (
    "AED|ARS|AUD|BDT|BGN|BHD|BRL|CAD|CHF|CLP|CNY|COP|CZK|DKK|EGP|EUR|GBP|GEL|GHS|HKD|HRK|HUF|IDR"
    "|ILS|INR|IRR|ISK|JOD|JPY|KES|KRW|KWD|KZT|LKR|MAD|MXN|MYR|NGN|NOK|NZD|OMR|PEN|PHP|PKR|PLN|QAR"
    "|RMB|RON|RSD|RUB|SAR|SEK|SGD|THB|TND|TRY|TWD|UAH|USD|UYU|VND|XAF|XOF|ZAR"
)
CURRENCY_SIGNS = "$£¢¤¥֏؋৲৳૱௹฿៛₠-⃀﷼"
# What may stand before a number, and be known for no part of a name or of a code there.
CURRENCY = (
    rf"(?:(?:US|CA|AU|NZ|HK|NT|SG|MX|R|C|A|S)?\$|[{CURRENCY_SIGNS}]"
    rf"|(?:{ISO_CODES}|eur|usd|gbp|chf|jpy|cny|inr)(?![^\W\d_])"
    r"|(?:kr|Kr|Kč|zł|Rs|Rp|руб)(?![^\W\d_])\.?|(?:Ft|SFr|sFr|Fr|RM)\b\.?)"
)
# Powers of ten by the words for them, in lower case and without a point at the end.
POWERS = {
    "k": 3, "tsd": 3, "thousand": 3, "mila": 3, "тыс": 3, "千": 3,
    "万": 4, "萬": 4, "lakh": 5, "lakhs": 5,
    "mio": 6, "mln": 6, "million": 6, "millions": 6, "millionen": 6, "millones": 6, "milhões": 6,
    "milioni": 6, "miljoen": 6, "млн": 6, "百万": 6, "百萬": 6,
    "crore": 7, "crores": 7, "億": 8, "亿": 8,
    "bn": 9, "bln": 9, "billion": 9, "billions": 9, "mrd": 9, "mld": 9, "milliarden": 9,
    "milliards": 9, "млрд": 9, "tn": 12, "trn": 12, "trillion": 12, "trillions": 12,
}  # fmt: skip
# Single letters are units as well: those of small size count only beside a currency.
LETTERS = {"K": 3, "M": 6, "B": 9, "m": 6, "b": 9}
WORDS = "|".join(sorted(POWERS, key=len, reverse=True))
OF_CURRENCY = re.compile(rf"(?P<multiplier>(?:(?i:{WORDS})\.?|[KMBmb]))\s*(?P<unit>{CURRENCY}.*)")
OF_UNIT = re.compile(rf"(?P<multiplier>(?i:{WORDS})\.?) (?P<unit>\S.*)")
OF_CHINESE = re.compile(r"(?P<multiplier>[百千]?[万萬]|[億亿])(?P<unit>.+)")
ALONE = re.compile(rf"(?:(?i:{WORDS})\.?|[KMB])")
ALONE_WITH_CURRENCY = re.compile(r"[mb]")

SYNONYMS = {
    "%": ("percent", "per cent", "pct", "prozent"),
    "€": ("eur", "euro", "euros"),
    "£": ("gbp",),
    "₹": ("inr", "rs"),
    "$": ("usd", "us$"),
    "元": ("cny", "rmb"),
    "zł": ("pln",),
    "L": ("l",),
    "₽": ("rub", "руб"),
}
SYNONYM_OF = {word: unit for unit, words in SYNONYMS.items() for word in words}


def power_of(multiplier: str) -> int:
    """The power of ten that a multiplier stands for; 0 for none."""
    if multiplier in LETTERS:
        return LETTERS[multiplier]
    return POWERS[multiplier.lower().rstrip(".")] if multiplier else 0


def is_currency(unit: str) -> bool:
    return re.match(CURRENCY, unit) is not None


def split_suffix(suffix: str, with_currency: bool) -> tuple[str, str]:
    """(multiplier, unit) of what follows a number: "Mio. €" is ("Mio.", "€").

    `with_currency` says that a currency precedes the number.
    """
    if ALONE.fullmatch(suffix) or (with_currency and ALONE_WITH_CURRENCY.fullmatch(suffix)):
        return suffix, ""
    for pattern in (OF_CURRENCY, OF_UNIT, OF_CHINESE):
        found = pattern.fullmatch(suffix)
        if found:
            return found["multiplier"], found["unit"]
    return "", suffix


def canonical_unit(unit: str) -> str:
    """The same for spellings of one unit: kg and Kg, year and years, € and EUR.

    A first letter may be a prefix, as it is in MPa and mPa, and keeps its case.
    """
    unit = re.sub(r"\s*/\s*", "/", unit.rstrip(".")).replace("²", "2").replace("³", "3")
    unit = unit.replace("° ", "°")
    lower = unit.lower()
    if lower in SYNONYM_OF:
        return SYNONYM_OF[lower]
    if len(unit) < 2 or not unit.isalpha():
        return unit
    first = lower[0] if unit[0] == "K" or len(unit) > 4 else unit[0]
    stem = lower[1:-1] if len(unit) > 2 and lower.endswith("s") else lower[1:]
    return first + stem
