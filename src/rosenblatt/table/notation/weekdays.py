"""The days of the week by name, long and short, in small letters."""

from __future__ import annotations

__all__ = ["WEEKDAYS"]

# By language: Monday to Sunday, the spellings of a day between slashes.
NAMES = (
    "monday/mon/mo tuesday/tues/tue/tu wednesday/wed/we thursday/thurs/thur/thu/th friday/fri/fr"
    " saturday/sat/sa sunday/sun/su",
    "montag/mo dienstag/di mittwoch/mi donnerstag/do freitag/fr samstag/sonnabend/sa sonntag/so",
    "lundi/lun mardi/mar mercredi/mer jeudi/jeu vendredi/ven samedi/sam dimanche/dim",
    "lunes/lun martes/mar miércoles/miercoles/mié/mie jueves/jue viernes/vie sábado/sabado/sáb/sab"
    " domingo/dom",
    "lunedì/lunedi/lun martedì/martedi/mar mercoledì/mercoledi/mer giovedì/giovedi/gio"
    " venerdì/venerdi/ven sabato/sab domenica/dom",
    "segunda-feira/segunda/seg terça-feira/terça/ter quarta-feira/quarta/qua"
    " quinta-feira/quinta/qui sexta-feira/sexta/sex sábado/sáb domingo/dom",
    "maandag/ma dinsdag/di woensdag/wo donderdag/do vrijdag/vr zaterdag/za zondag/zo",
    "måndag/mandag/mån/man tisdag/tirsdag/tis/tir onsdag/ons torsdag/tors/tor fredag/fre"
    " lördag/lørdag/lör/lør söndag/søndag/sön/søn",
    "poniedziałek/pon/pn wtorek/wt środa/śr czwartek/czw/czw piątek/pt/pią sobota/sob/so"
    " niedziela/niedz/ndz/nd",
    "hétfő kedd szerda csütörtök péntek szombat vasárnap",
    "luni/lun marți/mar miercuri/mie joi vineri/vin sâmbătă/sâm duminică/dum",
    "maanantai/maanantaina/ma tiistai/tiistaina/ti keskiviikko/keskiviikkona/ke torstai/torstaina"
    "/to perjantai/perjantaina/pe lauantai/lauantaina/la sunnuntai/sunnuntaina/su",
    "senin/sen selasa/sel rabu/rab kamis/kam jumat/jum sabtu/sab minggu/min",
    "pondelok utorok streda štvrtok piatok sobota nedeľa",
    "pondělí/po úterý/út středa/st čtvrtek/čt pátek/pá sobota/so neděle/ne",
    "понедельник/пн вторник/вт среда/ср четверг/чт пятница/пт суббота/сб воскресенье/вс",
    "понеділок/пн вівторок/вт середа/ср четвер/чт п'ятниця/пт субота/сб неділя/нд",
    "pazartesi/pzt salı/sal çarşamba/çar perşembe/per cuma/cum cumartesi/cmt pazar/paz",
    "δευτέρα/δευ τρίτη/τρί τετάρτη/τετ πέμπτη/πέμ παρασκευή/παρ σάββατο/σάβ κυριακή/κυρ",
    "dilluns dimarts dimecres dijous divendres dissabte diumenge",
    "понеделник/пн вторник/вт сряда/ср четвъртък/чт петък/пт събота/сб неделя/нд",
    "الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد",
    "星期一/周一/週一/礼拜一/月曜日/月曜/月 星期二/周二/週二/礼拜二/火曜日/火曜/火"
    " 星期三/周三/週三/礼拜三/水曜日/水曜/水 星期四/周四/週四/礼拜四/木曜日/木曜/木"
    " 星期五/周五/週五/礼拜五/金曜日/金曜/金 星期六/周六/週六/礼拜六/土曜日/土曜/土"
    " 星期日/星期天/周日/週日/礼拜天/日曜日/日曜/日",
    "월요일/월 화요일/화 수요일/수 목요일/목 금요일/금 토요일/토 일요일/일",
)


def by_name() -> dict[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {}
    for names in NAMES:
        for number, weekday in enumerate(names.split()):
            for name in weekday.split("/"):
                found[name] = found.get(name, frozenset()) | {number}
    return found


WEEKDAYS = by_name()  # 0 for Monday; a short name can mean several, by its language
