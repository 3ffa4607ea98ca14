"""The units of durations by name, and their lengths in nanoseconds."""

from __future__ import annotations

__all__ = ["NANOSECONDS", "NO_LENGTH", "UNITS"]

NANOSECONDS = 1_000_000_000  # in a second
NO_LENGTH = 0  # of a month or a year, which have no fixed one

# The length in seconds, and the names.
NAMES = (
    (
        604_800,
        "w wk wks week weeks woche wochen semaine semaines semana semanas settimana settimane"
        " weken tydzień tygodnie tygodni неделя недели недель нед 周 週 週間 星期",
    ),
    (
        86_400,
        "d day days tag tage tagen j jour jours día días dia dias giorno giorni dag dagen dni"
        " dzień д дн день дня дней 天 日 日間",
    ),
    (
        3_600,
        "h hr hrs hour hours std stunde stunden heure heures hora horas ora ore uur uren godz"
        " godzina godziny godzin ч час часа часов 小时 小時 时 時間 시간",
    ),
    (
        60,
        "m min mins minute minutes minuten minuto minutos minuti minuut minuta minuty minut м мин"
        " минута минуты минут 分 分钟 分鐘 分間 분",
    ),
    (
        1,
        "s sec secs second seconds sek sekunde sekunden seconde secondes segundo segundos secondo"
        " secondi seconden sekunda sekundy sekund с сек секунда секунды секунд 秒 秒钟 秒鐘 초",
    ),
)
UNITS = {name: seconds * NANOSECONDS for seconds, names in NAMES for name in names.split()} | {
    **dict.fromkeys(("'", "′"), 60 * NANOSECONDS),
    **dict.fromkeys(('"', "″", "''"), NANOSECONDS),
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), 1_000_000),
    **dict.fromkeys(("μs", "us", "microsecond", "microseconds"), 1_000),
    **dict.fromkeys(("ns", "nanosecond", "nanoseconds"), 1),
}
