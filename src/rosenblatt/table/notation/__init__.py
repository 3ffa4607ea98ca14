"""How the cells of a column are written: numbers, dates and durations, from their texts alone."""

from rosenblatt.table.notation.calendar_days import days_of_timestamps
from rosenblatt.table.notation.compact_dates import are_compact_dates, compact_dates
from rosenblatt.table.notation.date_order import DateForm, DateOrder
from rosenblatt.table.notation.date_readings import date_readings, why_no_date
from rosenblatt.table.notation.date_recognition import DateFinding, recognise_dates
from rosenblatt.table.notation.dates import DateNotation
from rosenblatt.table.notation.duration_recognition import DurationFinding, recognise_durations
from rosenblatt.table.notation.durations import DurationNotation, TwoParts, seconds_of_durations
from rosenblatt.table.notation.excel_serials import from_excel_serials
from rosenblatt.table.notation.number_finding import NumberFinding, recognise_numbers
from rosenblatt.table.notation.number_readings import readings
from rosenblatt.table.notation.numbers import NumberNotation

__all__ = [
    "DateFinding",
    "DateForm",
    "DateNotation",
    "DateOrder",
    "DurationFinding",
    "DurationNotation",
    "NumberFinding",
    "NumberNotation",
    "TwoParts",
    "are_compact_dates",
    "compact_dates",
    "date_readings",
    "days_of_timestamps",
    "from_excel_serials",
    "readings",
    "recognise_dates",
    "recognise_durations",
    "recognise_numbers",
    "seconds_of_durations",
    "why_no_date",
]
