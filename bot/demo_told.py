"""What people in the demo's made-up neighbourhood said and did. Nobody in it exists; `demo_seed.py` lets it happen.

How long things take follows what a mid-size Dutch town measured (days until closed, median and 90th percentile: waste
1 and 10, roads 6 and 75, green 3 and 16).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conversations.questions import Told
from conversations.results import IdeaHandedIn


@dataclass(frozen=True)
class Step:
    """What became of a complaint: so many days after it came in, or exactly so many days before now."""

    what: str
    after: float = 0
    words: str = ""
    ago: float | None = None
    photo: str = ""
    day: int = 0
    """For a promise: so many days from now."""


def take(after: float, ago: float | None = None) -> Step:
    """Staff take it on."""
    return Step("take", after, ago=ago)


def plan(after: float, day: int, words: str) -> Step:
    """Staff promise a day."""
    return Step("plan", after, words, day=day)


def solve(after: float, words: str, ago: float | None = None, photo: str = "") -> Step:
    """Staff say that it is solved."""
    return Step("solve", after, words, ago, photo)


def yes(after: float) -> Step:
    """The reporter says so too."""
    return Step("yes", after)


def no(words: str, ago: float) -> Step:
    """The reporter says that it isn't."""
    return Step("no", 0, words, ago)


def silence(after: float) -> Step:
    """The reporter never answered."""
    return Step("close", after)


def cannot(after: float, words: str) -> Step:
    """It can't be done."""
    return Step("cannot", after, words)


@dataclass(frozen=True)
class Report:
    """A complaint, so many days before now."""

    ago: float
    topic: str
    words: str
    place: str
    then: Sequence[Step] = ()
    photo: str = ""
    wim: bool = False
    english: bool = False


REPORTS = (
    Report(
        88,
        "rubbish",
        "Er staat al dagen een bankstel naast de container. Iedereen zet er wat bij.",
        "Schoolstraat, bij de container",
        [solve(1, "Het bankstel is opgehaald, en wat erbij stond ook."), yes(5)],
        "rubbish",
    ),
    Report(
        87,
        "paving",
        "Gat in de weg, ben er met de fiets ingereden. Band kapot!!",
        "Kerkweg, voor de bakker",
        [
            plan(5, -12, "De hele weg wordt dan opnieuw bestraat."),
            solve(75, "De weg is opnieuw bestraat."),
            yes(79),
        ],
    ),
    Report(
        84,
        "green",
        "Het onkruid staat anderhalve meter hoog",
        "Parklaan, langs het voetpad",
        [take(1), solve(3, "Alles is weggehaald. In de lente komen er bloemen."), yes(7)],
        "weeds",
    ),
    Report(
        81,
        "rubbish",
        "Weer vuilniszakken op straat, de kraaien trekken alles open",
        "Molenstraat 30",
        [solve(1, "Het is opgeruimd. We praten met de mensen van de flat."), yes(5)],
    ),
    Report(
        79,
        "paving",
        "Stoep ligt scheef door de wortels. Mijn moeder loopt met een rollator en durft er niet langs.",
        "Lindelaan 8",
        [take(2), solve(6, "De stoep is recht gelegd.", photo="mended"), yes(9)],
    ),
    Report(
        74,
        "rubbish",
        "Glas op het trapveldje! Mijn dochter was er bijna in gevallen",
        "Trapveldje achter de school",
        [solve(0, "Het glas is vanmiddag weggehaald. Dank voor je bericht."), yes(4)],
    ),
    Report(
        72,
        "green",
        "De heg hangt over de stoep, ik moet met mn scootmobiel de straat op",
        "Parklaan 51",
        [solve(2, "De heg is gesnoeid."), yes(6)],
    ),
    Report(
        70,
        "paving",
        "Losse stoeptegel voor de deur",
        "Heulstraat 14",
        [take(1), solve(4, "De tegel ligt weer vast."), yes(7)],
        wim=True,
    ),
    Report(
        68,
        "play",
        "Schommel is kapot, er hangt een ketting los",
        "Speeltuin bij de vijver",
        [take(0), solve(3, "De schommel heeft nieuwe kettingen."), yes(6)],
    ),
    Report(
        66,
        "lights",
        "Lantaarn knippert de hele nacht, ik slaap er niet van",
        "Molenstraat 12",
        [take(1), solve(5, "Er zit een nieuwe lamp in."), yes(8)],
    ),
    Report(
        63,
        "rubbish",
        "luiers en etensresten in de struiken achter de flat",
        "Achter de flat aan de Ringweg",
        [take(1), solve(2, "De struiken zijn schoon."), silence(19)],
    ),
    Report(
        61,
        "animals",
        "Overal hondenpoep op het gras bij de speeltuin. Bah!",
        "Speeltuin bij de vijver",
        [take(1), solve(6, "Het veld is schoon, er hangt nu een bak met zakjes."), yes(10)],
    ),
    Report(
        60,
        "green",
        "Tak afgebroken na de storm, hangt nog half in de boom",
        "Lindelaan, bij de bushalte",
        [solve(2, "De tak is eruit gezaagd."), yes(5)],
    ),
    Report(
        55,
        "rubbish",
        "Someone dumped a washing machine behind our building.",
        "Ringweg 210",
        [solve(1, "Het is opgehaald. / It has been taken away."), yes(5)],
        english=True,
    ),
    Report(
        52,
        "paving",
        "De drempel is kapot gereden. Het klapt elke keer als er een bus overheen gaat",
        "Kerkweg 77",
        [take(2), solve(7, "De drempel is hersteld."), silence(24)],
    ),
    Report(
        49,
        "green",
        "Brandnetels langs het schoolpad. De kinderen prikken zich",
        "Schoolpad",
        [solve(4, "De brandnetels zijn gemaaid."), yes(7)],
    ),
    Report(
        44,
        "lights",
        "Drie lantaarns uit in het steegje, mijn dochter durft er niet meer door",
        "Steegje naast de apotheek",
        [take(1), solve(8, "Alle drie doen het weer."), yes(11)],
    ),
    Report(
        41,
        "green",
        "Gras is al maanden niet gemaaid op het veldje",
        "Veldje aan de Parklaan",
        [take(3), solve(16, "Het veldje is gemaaid, en staat nu op de lijst."), silence(33)],
    ),
    Report(
        38,
        "paving",
        "Grote plas bij elke bui. Met de kinderwagen kom je er niet langs",
        "Hoek Schoolstraat en Kerkweg",
        [take(1), plan(3, 19, "De put wordt dan schoongemaakt en hoger gelegd.")],
    ),
    Report(
        35,
        "traffic",
        "Auto's op de stoep bij school, elke ochtend chaos",
        "Schoolstraat",
        [take(1), solve(6, "Er staan nu paaltjes, en de eerste week staat er iemand bij."), yes(10)],
    ),
    Report(
        30,
        "noise",
        "Elke nacht muziek uit die auto's op de parkeerplaats",
        "Parkeerplaats aan de Ringweg",
        [take(1), solve(8, "De wijkagent heeft met ze gepraat en komt vaker langs."), yes(12)],
    ),
    Report(
        28,
        "animals",
        "Ratten bij de eendenvijver, komt door al dat brood",
        "Vijver",
        [take(1), solve(9, "Er is gevangen. Bij de vijver staat nu een bord."), yes(12)],
    ),
    Report(
        26,
        "home",
        "Schimmel in de slaapkamer van de kleine. De verhuurder reageert niet.",
        "Ringweg 118",
        [take(1), plan(3, 5, "De woningcorporatie komt dan kijken. Wij gaan mee.")],
    ),
    Report(
        24,
        "paving",
        "De stoep wiebelt op de hoek, 's avonds zie je het niet",
        "Hoek Heulstraat en Lindelaan",
        [take(1), plan(2, 6, "De stratenmakers leggen de hele hoek recht.")],
        "paving",
        wim=True,
    ),
    Report(
        21,
        "lights",
        "Lantaarn doet het niet. Al 2x gebeld, nooit meer iets gehoord. Zo gaat dat hier.",
        "Heulstraat 40",
        [take(2)],
    ),
    Report(
        20,
        "rubbish",
        "Blikjes en peuken rond het bankje, elke maandag weer",
        "Bankje bij de vijver",
        [solve(1, "Het is opgeruimd, en er staat een grotere bak."), yes(4)],
    ),
    Report(
        19,
        "rubbish",
        "De afvalbak bij de bushalte puilt al een week uit. Schandalig",
        "Bushalte Lindelaan",
        [take(1), solve(14, "De bak is geleegd.", ago=5.1), no("Hij is één keer geleegd en nu weer propvol.", ago=0.9)],
    ),
    Report(
        17,
        "green",
        "Can the tree in front of our window be cut? It is very dark inside.",
        "Molenstraat 61",
        [
            cannot(
                4, "De boom is gezond en blijft staan. In het voorjaar snoeien we hem. / It will be pruned in spring."
            )
        ],
        english=True,
    ),
    Report(
        15,
        "traffic",
        "Ze racen hier door de straat, je mag maar 30. Wachten we tot er een kind onder ligt?",
        "Ringweg",
        [
            take(1),
            solve(9, "Er staat een snelheidsbord, en er wordt gecontroleerd.", ago=6.2),
            no("Het bord staat er maar ze racen gewoon door.", ago=1.7),
        ],
    ),
    Report(
        14,
        "play",
        "Hek van de voetbalkooi is stuk, de bal rolt zo de weg op",
        "Voetbalkooi aan de Ringweg",
    ),
    Report(
        13.5,
        "paving",
        "Gat in het fietspad, levensgevaarlijk in het donker",
        "Fietspad langs het spoor",
    ),
    Report(
        12,
        "traffic",
        "Mag er een parkeerplaats bij voor ons huis? Ik werk s nachts en kan nooit staan",
        "Lindelaan 33",
        [cannot(3, "Hier is geen ruimte zonder de bomen te kappen. Achter de kerk is 's nachts altijd plek.")],
    ),
    Report(
        11,
        "lights",
        "Licht bij de garageboxen is stuk, doodeng als je alleen bent",
        "Garageboxen Molenstraat",
        [take(1), plan(2, 4, "De monteur komt met een hoogwerker.")],
    ),
    Report(
        9,
        "rubbish",
        "Matras op de stoep, ligt er sinds zaterdag",
        "Kerkweg 103",
        [solve(7, "Het matras is opgehaald.", ago=1.6)],
        "rubbish",
    ),
    Report(
        6,
        "paving",
        "Er ligt een tegel los voor de apotheek, ik ben er bijna over gestruikeld",
        "Voor de apotheek",
        [take(1), solve(4, "De tegel ligt weer vast.", ago=2.3, photo="mended")],
        "paving",
        wim=True,
    ),
    Report(4, "traffic", "Verkeersbord omver gereden op de hoek", "Hoek Kerkweg en Ringweg", [take(1)]),
    Report(
        3.2,
        "green",
        "Onkruid tussen de tegels op het pleintje, het wordt een oerwoud :)",
        "Pleintje bij de winkels",
        photo="weeds",
    ),
    Report(
        2.4,
        "noise",
        "Jongeren bij de garageboxen tot 2 uur 's nachts. Bellen doe ik niet meer, er komt toch niemand",
        "Garageboxen Molenstraat",
        [take(1, ago=1.2)],
    ),
    Report(1.5, "lights", "lamp bij de speeltuin uit", "Speeltuin bij de vijver"),
    Report(0.8, "rubbish", "Oud papier waait door de hele straat", "Molenstraat"),
)

# What somebody is proud of, and what must be better; either may be missing.
ANSWERS = (
    ("De buurttuin achter de kerk. Iedereen helpt mee.", "Meer bankjes, ik kan niet zo ver meer lopen"),
    ("Mijn buurvrouw. Ze kookt elke week voor de hele flat", ""),
    ("Dat we elkaar hier nog groeten", "Het onkruid. Overal onkruid."),
    ("De voetbalclub! Zonder vrijwilligers was die er niet meer", "Voor pubers is er hier niks te doen"),
    ("", "Ze beloven altijd van alles en dan hoor je niks meer"),
    ("Het mijnverleden. Mijn vader en opa hebben hier onder de grond gewerkt", "De straat is zo donker s avonds"),
    ("My neighbours helped me when I moved in, without asking", "A place to practise Dutch"),
    ("De kinderen op het pleintje", "Harder optreden tegen dat geracei"),
    ("ons koor!!", ""),
    ("De hei is vlakbij. Prachtig", "Meer prullenbakken langs de wandelroutes"),
    ("", "De wachtlijst bij de huisarts"),
    ("Het buurthuis, daar is altijd koffie en iemand voor een praatje", "Het buurthuis mag ook in het weekend open"),
    ("Dat de flat weer schoon is", "De lift. Altijd kapot."),
    ("The school. The teachers are so kind", "More light near the playground"),
    ("Op mijn kleinkinderen", "Betaalbaar sporten. Met 3 kinderen is het niet te doen"),
    ("De vrijwilligers van de voedselbank", "Schimmel in de huizen, doe daar eerst iets aan!"),
    ("", "Meer groen, minder steen. In de zomer is het hier een oven"),
    ("dat mijn zoon hier zijn diploma heeft gehaald", ""),
)


@dataclass(frozen=True)
class Story:
    """What became of an idea after a yes: spent, so many days before now, with a photo of the receipt; then told."""

    ago: float
    cents: int
    what: str
    done: str
    difference: str
    photo: str


@dataclass(frozen=True)
class Plan:
    """An idea, so many days before now; `answer` is (award, answer or not_now; words; cents)."""

    ago: float
    idea: IdeaHandedIn
    answer: tuple[str, str, int | None] | None = None
    wim: bool = False
    story: Story | None = None


IDEAS = (
    Plan(
        78,
        IdeaHandedIn(
            Told("Een tuin op het lege veldje naast de school"),
            "Iedereen, ook de school",
            "Vijf buren en de juf van groep 6",
            "300 euro voor grond en zaden",
            "money",
        ),
        ("award", "Mooi plan! Kom langs voor de sleutel van het hek, dan regelen we de grond.", 30_000),
        story=Story(
            40,
            24_650,
            "Grond, zaden en gereedschap",
            "Met de kinderen van groep 6 hebben we zes bakken gemaakt en ingezaaid.",
            "Iedereen die langskomt, blijft nu even praten.",
            "garden",
        ),
    ),
    Plan(
        60,
        IdeaHandedIn(
            Told("Elke vrijdag samen soep eten"), "Mensen die alleen zijn", "Mijn zus en ik", "40 euro", "place"
        ),
        ("award", "Ja! De keuken van het buurthuis is op vrijdag voor jullie.", 16_000),
    ),
    Plan(
        45,
        IdeaHandedIn(Told("Een zwembad in de wijk, voor de kinderen"), "De kinderen", "", "Geen idee", "know"),
        ("not_now", "Een zwembad is te duur voor ons. We kijken wel of er een waterspeelplek kan komen.", None),
    ),
    Plan(
        22,
        IdeaHandedIn(
            Told("Fietsles voor vrouwen die het nooit geleerd hebben"),
            "Moeders van school",
            "Ik en twee vriendinnen",
            "",
            "advice",
        ),
        (
            "answer",
            "Goed idee. Er staan zes fietsen in onze kelder. Kom dinsdag koffie drinken, dan denken we mee.",
            None,
        ),
    ),
    Plan(
        5,
        IdeaHandedIn(
            Told("Muurschildering op het stroomhuisje, samen met de jongeren daar"),
            "De jongeren bij de garageboxen",
            "Iemand van het jongerenwerk",
            "200 euro voor verf",
            "money",
        ),
    ),
    Plan(
        2,
        IdeaHandedIn(
            Told("Een bankje bij de vijver. Ik wil wel helpen met schuren en verven"),
            "Ouderen die een rondje lopen",
            "",
            "",
            "money",
        ),
        wim=True,
    ),
)

PAST_EVENT = (
    "Grote opruimdag",
    "Plein bij de winkels",
    "Voor handschoenen en grijpers zorgen wij. Daarna is er taart!",
)
COMING_EVENT = (
    "Soep en spelletjes",
    "Buurthuis, de grote zaal",
    "Iedereen is welkom, ook als je niemand kent. De soep is gratis.",
)
