"""Units and currencies beside a number."""

from __future__ import annotations

import re

__all__ = ["CURRENCY", "CURRENCY_SIGNS", "canonical_unit", "goes_without_saying", "is_currency"]

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
# Where these are beside nearly all numbers, they are meant beside the others. Not so a word, which
# may be a multiplier, nor t and m, which may stand for thousands and millions.
MEASURES = (
    "kg g mg µg lb oz km cm mm µm ft in yd px pt ha m2 m3 cm2 cm3 km2 km/h kmh mph m/s L ml cl dl "
    "°C °F ° h min s ms kW MW W kWh MWh Wh V mV kV mA Hz kHz MHz GHz Pa hPa kPa MPa bar mbar mmHg "
    "kcal kJ dB rpm mol mmol ppm ppb mg/L mg/l mg/dl g/l µg/m3 kg/m2 kg/m3"
)
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


def goes_without_saying(unit: str) -> bool:
    """Whether a number without a unit has this one where nearly all others have it."""
    return is_currency(unit) or canonical_unit(unit) in KNOWN_MEASURES


def is_currency(unit: str) -> bool:
    return re.match(CURRENCY, unit) is not None


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


KNOWN_MEASURES = frozenset(map(canonical_unit, MEASURES.split()))
