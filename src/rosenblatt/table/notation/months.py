"""The months by name, long, short and in the case that a date takes, in small letters."""

from __future__ import annotations

__all__ = ["MONTHS"]

# By language: January to December, the spellings of a month between slashes.
NAMES = (
    # English
    "january/jan february/feb march/mar april/apr may june/jun july/jul august/aug"
    " september/sept/sep october/oct november/nov december/dec",
    # German, with Austria's
    "januar/jän/jänner/jan februar/feber/feb märz/mär/mrz april/apr mai juni/jun juli/jul"
    " august/aug september/sept/sep oktober/okt november/nov dezember/dez",
    # French
    "janvier/janv/jan février/févr/fév mars avril/avr mai juin juillet/juil août"
    " septembre/sept octobre/oct novembre/nov décembre/déc",
    # French without accents, as many exports have it
    "janvier fevrier/fevr/fev mars avril mai juin juillet aout septembre octobre novembre decembre",
    # Spanish
    "enero/ene febrero/feb marzo/mar abril/abr mayo/may junio/jun julio/jul agosto/ago"
    " septiembre/setiembre/sept/sep octubre/oct noviembre/nov diciembre/dic",
    # Italian
    "gennaio/gen febbraio/feb marzo/mar aprile/apr maggio/mag giugno/giu luglio/lug agosto/ago"
    " settembre/set/sett ottobre/ott novembre/nov dicembre/dic",
    # Portuguese
    "janeiro/jan fevereiro/fev março/mar abril/abr maio/mai junho/jun julho/jul agosto/ago"
    " setembro/set outubro/out novembro/nov dezembro/dez",
    "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
    # Dutch
    "januari/jan februari/feb maart/mrt april/apr mei juni/jun juli/jul augustus/aug"
    " september/sep oktober/okt november/nov december/dec",
    # Swedish, Danish, Norwegian
    "januari/januar/jan februari/februar/feb mars/marts/mar april/apr maj/mai juni/jun juli/jul"
    " augusti/august/aug september/sep oktober/okt november/nov december/desember/dec/des",
    # Polish
    "stycznia/styczeń/sty lutego/luty/lut marca/marzec/mar kwietnia/kwiecień/kwi maja/maj"
    " czerwca/czerwiec/cze lipca/lipiec/lip sierpnia/sierpień/sie września/wrzesień/wrz"
    " października/październik/paź listopada/listopad/lis grudnia/grudzień/gru",
    # Czech
    "ledna/leden/led února/únor/úno března/březen/bře dubna/duben/dub května/květen/kvě"
    " června/červen/čvn července/červenec/čvc srpna/srpen/srp září/zář října/říjen/říj"
    " listopadu/listopad prosince/prosinec/pro",
    # Russian
    "января/январь/янв февраля/февраль/февр/фев марта/март/мар апреля/апрель/апр мая/май"
    " июня/июнь/июн июля/июль/июл августа/август/авг сентября/сентябрь/сент/сен"
    " октября/октябрь/окт ноября/ноябрь/нояб/ноя декабря/декабрь/дек",
    # Ukrainian
    "січня/січень/січ лютого/лютий/лют березня/березень/бер квітня/квітень/квіт"
    " травня/травень/трав червня/червень/черв липня/липень/лип серпня/серпень/серп"
    " вересня/вересень/вер жовтня/жовтень/жовт листопада/листопад/лист грудня/грудень/груд",
    # Turkish
    "ocak/oca şubat/şub mart/mar nisan/nis mayıs/may haziran/haz temmuz/tem ağustos/ağu"
    " eylül/eyl ekim/eki kasım/kas aralık/ara",
    # Slovak
    "januára/január/jan februára/február/feb marca/marec apríla/apríl/apr mája/máj júna/jún"
    " júla/júl augusta/august septembra/september októbra/október novembra/november"
    " decembra/december",
    # Hungarian
    "január/jan február/febr/feb március/márc/már április/ápr május/máj június/jún július/júl"
    " augusztus/aug szeptember/szept/sze október/okt november/nov december/dec",
    # Romanian
    "ianuarie/ian februarie/feb martie/mar aprilie/apr mai iunie/iun iulie/iul august/aug"
    " septembrie/sept/sep octombrie/oct noiembrie/noi/nov decembrie/dec",
    # Finnish
    "tammikuuta/tammikuu/tammi helmikuuta/helmikuu/helmi maaliskuuta/maaliskuu/maalis"
    " huhtikuuta/huhtikuu/huhti toukokuuta/toukokuu/touko kesäkuuta/kesäkuu/kesä"
    " heinäkuuta/heinäkuu/heinä elokuuta/elokuu/elo syyskuuta/syyskuu/syys"
    " lokakuuta/lokakuu/loka marraskuuta/marraskuu/marras joulukuuta/joulukuu/joulu",
    # Indonesian
    "januari februari maret april mei juni juli agustus/agt/agu september oktober november"
    " desember/des",
    # Greek
    "ιανουαρίου/ιανουάριος/ιαν φεβρουαρίου/φεβρουάριος/φεβ μαρτίου/μάρτιος/μαρ"
    " απριλίου/απρίλιος/απρ μαΐου/μάιος/μαι/μαΐ ιουνίου/ιούνιος/ιουν ιουλίου/ιούλιος/ιουλ"
    " αυγούστου/αύγουστος/αυγ σεπτεμβρίου/σεπτέμβριος/σεπ οκτωβρίου/οκτώβριος/οκτ"
    " νοεμβρίου/νοέμβριος/νοε δεκεμβρίου/δεκέμβριος/δεκ",
    # Catalan
    "gener/gen febrer/feb març/mar abril/abr maig juny/jun juliol/jul agost/ag setembre/set"
    " octubre/oct novembre/nov desembre/des",
    # Bulgarian
    "януари/яну февруари/фев март април/апр май юни юли август/авг септември/сеп октомври/окт"
    " ноември/ное декември/дек",
    # Arabic
    "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    # Hebrew
    "ינואר/בינואר פברואר/בפברואר מרץ/במרץ אפריל/באפריל מאי/במאי יוני/ביוני יולי/ביולי"
    " אוגוסט/באוגוסט ספטמבר/בספטמבר אוקטובר/באוקטובר נובמבר/בנובמבר דצמבר/בדצמבר",
    # Chinese and Japanese
    "一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月",
)

MONTHS = {
    name: number
    for names in NAMES
    for number, month in enumerate(names.split(), 1)
    for name in month.split("/")
}
