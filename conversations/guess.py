"""What somebody's words are about, guessed from the words alone: the first button they see, and never more than that.

The rules, in this order; the stems below are all the bot knows, and how they are written is in `stems`:

1. Nothing but greetings and thanks ("good morning", "ok thanks", "👍"): "hello" or "thanks".
2. Words of somebody who wants something: to be answered by a person ("person"), to propose something ("idea"), to say
   what they are proud of ("proud", unless the text denies something). They come before the topics, for each of them may
   name a topic: a proud word about the playground is no complaint about it.
3. The topic that most of the words point to; where two have as many, the one that is named first.
4. Without a topic: "moved" (house), "proud" for plain praise that denies nothing, "person" for what ends in a question
   mark. Else no guess.

All languages are looked at at once: people mix them, and the language of their app needn't be the one they write. A
guess that is wrong costs nothing, all other buttons stand below it; so a stem needn't be right always, only mostly.
"""

from __future__ import annotations

from conversations.stems import Stems, folded, stems
from conversations.words import is_blank

TOPICS: dict[str, Stems] = {
    "paving": stems(
        "stoep, *tegel, trottoir, straatsteen, stenen los, *bestrating, asfalt, verzak, kuil, gat. in, gaten. in",
        "putdeksel, wegdek, struikel, fietspad kapot, stoeprand",
        "pavement, sidewalk, paving, pothole, tile., tiles., kerb., loose stone, cobble, manhole, asphalt, tripped",
        "hole. in. the. road, hole. in. the. street, broken road",
        "gehweg, bürgersteig, schlagloch, schlaglöcher, pflasterstein, gehsteig, stolper, loch. in. der. straße",
        "chodnik, płyt, dziur, kostk, krawężnik, nawierzchn",
        "رصيف, ارصفة, بلاط, حفرة, حفر., اسفلت",
        "kaldırım, karo., çukur, yol bozuk, yol. çok. bozuk",
        "тротуар, плитк, яма., ями., яму., асфальт, бордюр, бруківк",
    ),
    "rubbish": stems(
        "*afval, vuil, *vuil., rommel, zwerfvuil, troep, container, prullenbak, vuilniszak, zakken., bankstel",
        "matras",
        "grofvuil, gedumpt, blikjes, glasbak, oude. bank., stinkt",
        "rubbish, trash, garbage, litter, bags., waste., dumped, dumping, fly tipping, bins., bin bag, mattress",
        "old. sofa",
        "müll, abfall, abfälle, sperrmüll, unrat, dreckig, matratze, schmutz",
        "śmiec, śmieć, odpad, wysypisk, kontener, brudno, worki., materac",
        "قمام, زبال, نفاي, اوساخ, وسخ, حاوي, اكياس",
        "çöp., çöpler, çöplük, çöpü, çöpe, pislik, konteyner",
        "сміт, мусор, відход, брудно, контейнер, урна., звалищ, матрац",
    ),
    "green": stems(
        "boom., bomen., *bomen., takken, losse. tak., gras., *onkruid, struik, heg., haag., hagen., snoei, maaien",
        "gemaaid",
        "bladeren, brandnetel, plantsoen, berenklauw, bloembak, perkje",
        "tree., trees., branch, grass., weeds., bush., bushes, hedge, mowed, mowing, prune, pruning, nettle",
        "overgrown",
        "baum., bäume, ast., äste., unkraut, hecke, gebüsch, gemäht, laub., brennnessel",
        "drzew, gałąź, gałęz, traw., trawa, trawę, trawnik, chwast, krzak, krzew, żywopłot, pokrzyw",
        "شجر, اشجار, غصن, اغصان, عشب, اعشاب",
        "ağaç, ağac, dallar, çimen, çimler, yabani ot, otlar., çalılar, budan",
        "дерев, гілк, трава., траву., трави., бур'ян, кущ, живопліт, кропив",
    ),
    "lights": stems(
        "*lantaarn, *lantaren, lamp., lampen., *lamp., licht., *verlichting, donker, pikdonker",
        "street light, streetlight, lamp post, lamppost, light., lights., street lamp, dark., lighting",
        "*laterne, lampe, beleuchtung, straßenbeleuchtung, dunkel",
        "latarni, latarnie, lampa., lampy., światł, oświetl, ciemno",
        "مصباح, مصابيح, انار, اضاء, ضوء, اضواء, عمود, لمبة, ظلام, مظلم",
        "lamba, ışık, ışığ, aydınlat, karanlık, sokak lamba",
        "ліхтар, лампа., лампи., світло., світла., освітл, темно",
    ),
    "play": stems(
        "speeltuin, speelplek, speelplaats, speelveld, speeltoestel, schommel, glijbaan, wipkip, zandbak, klimrek",
        "voetbalveld, trapveld, basketbalveld",
        "playground, swing., swings., slide., sandpit, climbing frame, seesaw, play area, football pitch, goalpost",
        "spielplatz, schaukel, rutsche, sandkasten, klettergerüst, bolzplatz",
        "plac. zabaw, placu. zabaw, huśtawk, zjeżdżaln, piaskownic, boisk",
        "ملعب, ملاعب, ارجوح, مراجيح, زحليق, العاب اطفال",
        "oyun. park, oyun. alan, salıncak, kaydırak, çocuk. park",
        "майданчик, гойдалк, пісочниц, гірка.",
    ),
    "traffic": stems(
        "verkeer, parkeer, parkeren, geparkeerd, *parkeren, auto., autos., te. hard., hardrijd, snelheid, scooter",
        "brommer",
        "drempel, zebrapad, kruispunt, stoplicht, vrachtwagen, racen., oversteek, fatbike",
        "traffic, parking, parked, car., cars., speeding, too. fast, crossing, speed bump, moped, lorry, junction",
        "verkehr, parken., geparkt, parkplatz, raser., rasen., zu. schnell, zebrastreifen, kreuzung, ampel.",
        "parkow, parkuj, samochod, samochód, ruch. drogow, prędkość, za. szybko, skrzyżow, przejści, skuter",
        "سيار, مرور, موقف, مواقف, سرعة, مسرع, تقاطع, شاحنة",
        "trafik, park. edi, park. etm, araba, araç., araçlar, hızlı, hız., kavşak, yaya. geçid, motosiklet, kamyon",
        "машин, авто., паркув, припарков, швидкіст, перехрест, перехід, скутер, вантажівк",
    ),
    "animals": stems(
        "hond., honden., hondje, *poep, kat., katten., rat., ratten., muis., muizen., duif., duiven., wesp, blaf",
        "kakkerlak, ongedierte, dier., dieren., hondendrol, drol., drollen.",
        "dog., dogs., poo., cat., cats., rats., mice., pigeon, wasp., wasps., vermin, barking, animal, cockroach",
        "hund., hunde., hundekot, katze, ratte., ratten., mäuse., taube., tauben., wespe, ungeziefer, tiere.",
        "pies., psa., psy., psów., psie., kupa., kupy., kota., koty., szczur, mysz, gołęb, szerszen, karaluch",
        "كلب, كلاب, براز, قطط, فئران, جرذ, حيوان, صراصير",
        "köpek, köpeğ, kedi, fareler, sıçan, güvercin, hayvan, böcek, dışkı",
        "собак, собач, какашк, фекалі, кішк, коти., щур, мишi, миші., голуб, тварин, тарган",
    ),
    "noise": stems(
        "lawaai, herrie, overlast, geluid, muziek, schreeuw, hangjeugd, hangjongeren, jongeren, vuurwerk, buren.",
        "buurman",
        "buurvrouw, ruzie, drugs, dealer, dealen, wildplas, blowen, burenruzie",
        "noise, noisy, loud, music, shouting, screaming, nuisance, teenagers, youths, fireworks, drug, dealers",
        "lärm., laut., laute., musik, geschrei, belästig, feuerwerk, jugendliche, drogen, ruhestör, streit.",
        "hałas, głośn, muzyk, krzyk, krzycz, narkotyk, diler, zakłóc, petard, awantur",
        "ضجيج, ضوضاء, ازعاج, مزعج, موسيقى, صراخ, مخدر, شجار",
        "gürültü, müzik, bağır, rahatsız, uyuşturucu, kavga, havai. fişek, yüksek. ses",
        "шум., шуму., шумн, шумлять, гамір, музик, крич, галас, наркот, сварк, феєрверк, гучн",
    ),
    "unsafe": stems(
        "onveilig, niet. veilig, bang., bedreig, lastiggevallen, intimid, *inbraak, ingebroken, inbreker, gestolen",
        "diefstal, overval, vandal, vernield, geweld, wapen., mes., steekpartij",
        "unsafe, not. safe, scared, afraid, threat, burglar, broken. into, stolen, theft, robbed, robbery, violence",
        "knife., weapon, harass, don't. feel. safe, dont. feel. safe",
        "unsicher, nicht. sicher, angst., bedroht, einbruch, eingebrochen, gestohlen, diebstahl, überfall, gewalt",
        "messer.",
        "niebezpiecz, boję. się, strach, groź, groził, włama, ukrad, kradzież, napad, przemoc, nóż.",
        "غير. امن, خائف, خايف, تهديد, سرق, سرقة, لصوص, عنف, سكين, خطر., خطير, تحرش",
        "güvensiz, güvende. değil, korkuyor, tehdit, hırsız, çaldı, çalındı, şiddet, bıçak, taciz, soygun",
        "небезпеч, не. безпечн, страшно, боюс, погрож, пограбув, злодi, злодій, злодії, крадіж, вкрали, насильст",
        "напад",
    ),
    "home": stems(
        "mijn. huis., *woning, huur., huurhuis, *lekkage, lekt., lekken., schimmel, vocht., vochtig, ketel.",
        "verwarming",
        "kraan., toilet, wc., dak., plafond, trappenhuis, portiek, lift., galerij, kozijn, voordeur, corporatie",
        "verhuurder",
        "my. home, my. house, my. flat, landlord, rent., leak., leaks., leaking, mould, mold., damp., boiler",
        "heating",
        "roof., ceiling, stairwell, elevator, apartment, housing",
        "*wohnung, miete., vermieter, undicht, heizung, wasserhahn, dach., treppenhaus, aufzug, feucht",
        "mieszkani, mój. dom., moim. domu., czynsz, wilgoć, pleśń, cieknie, przeciek, ogrzewani, kaloryfer, kran.",
        "sufit",
        "winda., windy., klatka. schodow, klatce. schodow",
        "بيتي, منزلي, شقتي, شقة., ايجار, رطوب, عفن, تسرب, تدفئة, سقف, مصعد, مرحاض",
        "evim, kira., kiracı, küf., rutubet, sızıntı, kalorifer, musluk, tavan., asansör, dairem, ev. sahib",
        "квартир, мій. дім, оренд, волог, пліснява, цвіль, протіка, опален, кран., стеля, ліфт, під'їзд",
    ),
}
"""By the keys that the shipped area's topics have; a key that an area doesn't have is never guessed there."""

PERSON = stems(
    "iemand. spreken, mens. spreken, iemand. praten, een. mens., bel. mij., bel. me., terugbellen, hulp. nodig",
    "help. mij.",
    "help. me., eenzaam, openingstijd, medewerker, telefoonnummer, een. vraag., mijn. vraag., afspraak, wie. kan.",
    "talk. to., speak. to., speak. with., call. me., need. help., help. me., a. question., my. question.",
    "opening. hours",
    "lonely, appointment, real. person",
    "mit. jemandem, anrufen., ruf. mich, brauche. hilfe, eine. frage., einsam, termin., öffnungszeit",
    "porozmawiać, zadzwoń, potrzebuję. pomocy, pomóżcie, mam. pytanie, samotn, godziny. otwarcia",
    "سؤال, اتحدث. مع., اتكلم. مع., ساعدوني, احتاج. مساعدة, احتاج. الى. مساعدة, اتصلوا, موعد",
    "konuşmak. isti, biriyle, arayın, yardıma, yardım. ed, sorum, bir. soru, yalnızım, randevu",
    "поговорити, запитання, маю. питання, є. питання, допоможіть, потрібна. допомога, подзвоніть, зателефонуйте",
    "самотн",
)
IDEA = stems(
    "idee, voorstel, zullen. we., kunnen. we. niet., zou. leuk. zijn., zou. mooi. zijn., zou. fijn. zijn.",
    "ik. zou. graag.",
    "laten. we., organiseren.",
    "idea., ideas., suggest, we. could., why. don't. we., let's., would. be. nice., would. be. great.",
    "how. about., shall. we.",
    "vorschlag, wir. könnten, wäre. schön, lasst. uns",
    "pomysł, propozycj, moglibyśmy, byłoby. fajnie, byłoby. miło",
    "فكرة, اقتراح, اقترح, لماذا. لا.",
    "fikir., fikrim, önerim, önerir, yapabiliriz, yapsak",
    "ідея., ідею., ідеї., пропоную, пропозиц, могли. б., давайте., було. б. добре",
)
PROUD = stems(
    "trots., proud., stolz., dumny., dumna., dumni., فخور, نفتخر, افتخر, gurur, пишаю, пишаємо, гордж, гордий"
)
PRAISE = stems(
    "mooi., mooie., prachtig, leuk., leuke., gezellig, fijn., fijne., geweldig, heerlijk, blij., dankbaar",
    "compliment",
    "beautiful, lovely, wonderful, happy., love., amazing, fantastic, great. job",
    "wunderbar, wunderschön, herrlich, gemütlich, toll., tolle., freue.",
    "piękn, wspaniał, cieszę, świetn, cudown, fajn",
    "جميل, رائع, ممتاز, سعيد",
    "güzel, harika, muhteşem, mutlu",
    "гарн, чудов, прекрасн, красив, люблю",
)
DENIES = stems(
    "niet., geen., nooit., niks., helaas., not., never., don., dont., isn., kein, nicht., nie., brak.",
    "ليس, ليست, غير., değil, yok., не., немає., нема.",
)
MOVED = stems(
    "verhuisd., moved. house, have. moved., i. moved., i've. moved., umgezogen, przeprowadzi, انتقلت, taşındım",
    "taşındık",
    "переїхала., переїхав., переїхали.",
)

HELLO = stems(
    "hoi., hoihoi., hallo., hey., hee., hi., hello., heya., yo., goedemorgen., goedemiddag., goedenavond.",
    "goeiemorgen.",
    "morgen., middag., avond., dag., doei., joe., morning., afternoon., evening., bye., test., testje., testing.",
    "guten., tag., abend., servus., tschüss., moin., cześć., hej., dzień., dobry., wieczór., witam., siema.",
    "مرحبا., اهلا., سلام., السلام., صباح., مساء., merhaba., selam., günaydın., iyi., günler., akşamlar., slm.",
    "ja., nee., yes., no., nein., tak., نعم., evet., hayır., так., ні.",
    "привіт., вітаю., добрий., день., ранок., вечір., здрастуйте.",
)
THANKS = stems(
    "dank., dankje., dankjewel., dankuwel., bedankt., thanks., thank., thx., ty., ok., oke., okee., okay., okey.",
    "prima.",
    "top., super., nou., mooi., goed., fijn., fine., great., cool., danke., dankeschön., gut.",
    "dziękuję., dzięki., dobrze., شكرا., تمام., حسنا., طيب., teşekkürler., teşekkür., sağol., tamam.",
    "дякую., дяки., добре., гаразд., спасибі.",
)
BESIDE = stems(
    "goede., goeden., goeie., good., je., u., wel., jij., you., so., very., much., daar., there., allemaal., all.",
    "iedereen.",
    "everyone., mensen., en., and., hoor., is., dat., that., s., het., schön., bitte., vielen., herzlichen.,"
    "bardzo., عليكم., الخير.",
    "النور., جزيلا.",
    "ederim., çok., дуже., heel., erg., hartelijk., a., lot., for., this., voor., alles., moi., buurtpraat.",
)
"""Words that say nothing by themselves, beside a greeting."""
THANKFUL = frozenset("👍👌🙏❤♥💪👏😊🙂😀😘🥰🌹💐")
GREETINGS_AT_MOST = 8


def guess(text: str) -> str | None:
    """A key of `TOPICS`, or "person", "idea", "proud", "moved", "hello", "thanks"; None where there is no guess."""
    words = folded(text)
    if not words:
        return None if is_blank(text) else "thanks" if set(text) & THANKFUL else "hello"
    if greeting := _greeting(words):
        return greeting
    denies = bool(DENIES.found_in(words))
    if PERSON.found_in(words):
        return "person"
    if IDEA.found_in(words):
        return "idea"
    if PROUD.found_in(words) and not denies:
        return "proud"
    named = {key: found for key, each in TOPICS.items() if (found := each.found_in(words))}
    if named:
        return min(named, key=lambda key: (-len(named[key]), named[key][0]))
    if MOVED.found_in(words):
        return "moved"
    if PRAISE.found_in(words) and not denies:
        return "proud"
    return "person" if text.rstrip().endswith(("?", "؟")) else None


def _greeting(words: list[str]) -> str | None:
    """Whether nothing but a greeting or thanks was said."""
    hello, thanks = HELLO.found_in(words), THANKS.found_in(words)
    said = {*hello, *thanks, *BESIDE.found_in(words)}
    if len(words) > GREETINGS_AT_MOST or len(said) < len(words) or not (hello or thanks):
        return None
    return "thanks" if thanks else "hello"
