"""Lines below the rows of a table: totals, numbers of rows, sources."""

from __future__ import annotations

import re
from typing import Final

from rosenblatt.table.files.header import looks_numeric

__all__ = ["begins_totals", "is_footer", "is_padded_footer"]

TOTALS_WORDS: Final = (
    "total", "totals", "grand total", "subtotal", "sum", "sums", "average", "mean", "gesamt",
    "gesamtsumme", "summe", "insgesamt", "mittelwert", "durchschnitt", "total général", "somme",
    "moyenne", "totale", "media", "suma", "totales", "promedio", "soma", "média", "razem", "totaal",
    "toplam", "celkem", "yhteensä", "i alt", "totalt", "summa", "итого", "всего", "сумма", "合计",
    "总计", "合計", "総計", "합계", "총계",
)  # fmt: skip
SOURCE_WORDS: Final = (
    "query", "time", "row", "rows", "record", "records", "number of", "end of", "end", "eof",
    "source", "sources", "note", "notes", "generated", "created", "exported", "printed",
    "copyright", "quelle", "quellen", "stand", "hinweis", "fuente", "nota", "fonte", "źródło",
    "источник", "注", "注释", "来源", "资料来源", "出典",
)  # fmt: skip
COUNTED: Final = "rows?|records?|lines?|zeilen|lignes|filas|registros|строк"
LEAST_EMPTY: Final = 2  # fields: where only one is, it may be missing
TOTALS: Final = re.compile(rf"({'|'.join(TOTALS_WORDS)})\s*:?", re.IGNORECASE)
FOOTER: Final = re.compile(
    rf"\(.*\)|[-=*_]{{2,}}.*|[#*%©].*|\d[\d,. ]* ({COUNTED})\b.*|({'|'.join(SOURCE_WORDS)})\b.*",
    re.IGNORECASE,
)


def begins_totals(cell: str) -> bool:
    return bool(TOTALS.fullmatch(cell.strip()))


def is_padded_footer(fields: list[str], *, first_is_numeric: bool) -> bool:
    """Whether a last row of the usual length has a footer in its first field, and no other one."""
    first, *others = fields
    if len(others) < LEAST_EMPTY or not first or any(others) or looks_numeric(first):
        return False
    return bool(FOOTER.fullmatch(first)) or (first_is_numeric and " " in first)


def is_footer(
    fields: list[str], n_fields: int, follows_blank: bool, first_is_numeric: bool
) -> bool:
    """Whether a row of another length at the end is a footer rather than a row cut short.

    Parameters
    ----------
    fields : list of str
    n_fields : int
        Of the rows of the table.
    follows_blank : bool
        Whether a blank line stands between it and the rows.
    first_is_numeric : bool
        Whether the first column holds numbers.
    """
    present = [field.strip() for field in fields if field.strip()]
    if not present:
        return True
    if begins_totals(present[0]):
        return True
    text = " ".join(present)
    is_word = not looks_numeric(present[0])
    if FOOTER.fullmatch(text) or (len(fields) < n_fields and follows_blank and is_word):
        return True
    is_sentence = " " in present[0] and is_word
    return len(fields) < n_fields and first_is_numeric and is_sentence
