"""A small made-up neighbourhood for the demo: three months of talk, each step taken by the real rules.

Nobody in it exists. How long things take follows what a mid-size Dutch town measured (days until closed, median and
90th percentile: waste 1 and 10, roads 6 and 75, green 3 and 16).
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.neighbourhood import (
    acts,
    broadcasts,
    complaints,
    event_answers,
    money,
    promise_days,
    promises,
    residents,
    team,
    verdicts,
)
from bot.neighbourhood.area.tables import Neighbourhood
from bot.neighbourhood.work import Person, Surroundings, Work
from bot.store.tables import Broadcast, Complaint, Due, Event, Idea, Post, Recipient, Resident, Role
from conversations.questions import At, Told
from conversations.results import (
    CannotBe,
    ComplaintReport,
    EventAnnounced,
    FollowUpAnswer,
    IdeaAnswered,
    IdeaHandedIn,
    Joined,
    Planned,
    Solved,
    TwoAnswers,
)

WIM, SANNE = 900001, 900004
"""The two of the page's cast who are known already; the others are new."""
COLLEAGUE = 910_000
NEIGHBOURS = range(910_001, 910_049)
OUT_OF_REACH = frozenset({910_017, 910_036})
"""They have blocked the bot since: the next invitation doesn't reach them."""
SPEAK_ENGLISH = frozenset({910_006, 910_019, 910_033})
EVERYBODY = (WIM, SANNE, COLLEAGUE, *NEIGHBOURS)
FIRST_DAY = 93
HOME = "Heksenberg"
"""Where Wim lives, where the area has it."""


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
class Plan:
    """An idea, so many days before now; `answer` is (award, answer or not_now; words; cents)."""

    ago: float
    idea: IdeaHandedIn
    answer: tuple[str, str, int | None] | None = None
    wim: bool = False


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


class Life:
    """Three months, first written down, then lived in the order of time."""

    def __init__(self, around: Surroundings, session: AsyncSession, photos: Mapping[str, str]) -> None:
        self._around = around
        self._session = session
        self._photos = photos
        self._chance = random.Random("Heerlen-Noord")  # noqa: S311 - the same neighbourhood every time, no secret
        self._now = around.clock.now()
        self._people: dict[int, Person] = {}
        self._plan: list[tuple[datetime, int, Callable[[Work], Awaitable[None]]]] = []

    async def live(self) -> None:
        """Live through it."""
        self._everybody_joins()
        for report in REPORTS:
            self._complaint(report)
        for number, (proud, better) in enumerate(ANSWERS):
            self._answers(86 - 83 * number / len(ANSWERS), proud, better)
        for idea in IDEAS:
            self._idea(idea)
        self._event(40, -23, 14, PAST_EVENT, 19)
        self._event(6, 9, 15, COMING_EVENT, 16)
        for at, _order, happens in sorted(self._plan, key=lambda each: each[:2]):
            work = self._around.reading(self._session)
            await self._mornings_until(at)
            work.now = at
            await happens(work)
            work.letters.clear()  # what was said then has long arrived
            await work.write_down()
        await self._mornings_until(self._now)
        await self._invitations_were_sent()

    async def _mornings_until(self, moment: datetime) -> None:
        """The mornings on which promises were warned of, and told to have passed."""
        told = Due.what.in_([promises.WARN, promises.PASSED])
        earliest = select(Due).where(told, Due.at <= moment).order_by(Due.at).limit(1)
        while (row := await self._session.scalar(earliest)) is not None:
            work = self._around.reading(self._session)
            work.now, what, occasion = row.at, row.what, row.occasion
            await self._session.delete(row)
            await self._session.flush()
            await promise_days.fall_due(work, what, occasion)
            work.letters.clear()
            await work.write_down()

    def _at(self, ago: float, first_hour: int = 8, last_hour: int = 21) -> datetime:
        """A moment on the day that lies so many days back, within these hours where that is in the past."""
        zone = self._around.area.time_zone
        day = (self._now - timedelta(days=ago)).astimezone(zone)
        at = day.replace(hour=self._chance.randint(first_hour, last_hour - 1), minute=self._chance.randint(0, 59))
        return at if at < self._now - timedelta(hours=1) else self._now - timedelta(days=ago)

    def _then(self, at: datetime, happens: Callable[[Work], Awaitable[None]]) -> None:
        self._plan.append((at, len(self._plan), happens))

    def _someone(self, work: Work, *, wim: bool = False, english: bool = False) -> Person:
        """One of those who are there by then; a few speak up often, most seldom."""
        if wim:
            return self._people[WIM]
        here = [number for number in NEIGHBOURS if number in self._people]
        here = [number for number in here if (number in SPEAK_ENGLISH) == english]
        return self._people[self._chance.choices(here, [3 if number % 7 == 1 else 1 for number in here])[0]]

    def _staff(self) -> Person:
        return self._people[SANNE if self._chance.random() < 0.7 else COLLEAGUE]

    # People

    def _everybody_joins(self) -> None:
        self._then(self._at(FIRST_DAY + 2, 9, 10), self._office_opens)
        for order, number in enumerate((WIM, *SPEAK_ENGLISH, *(n for n in NEIGHBOURS if n not in SPEAK_ENGLISH))):
            ago = FIRST_DAY if order < 14 else FIRST_DAY - 88 * (order - 13) / len(NEIGHBOURS)
            self._then(self._at(ago), self._joining(number))

    async def _office_opens(self, work: Work) -> None:
        found = await residents.meet(work, self._around.seal, {SANNE: "nl"})
        sanne = self._people[SANNE] = found[SANNE]
        sanne.resident.came_at = sanne.chat.since = work.now
        sanne.chat.unreachable_since = None
        sanne.resident.invites = False  # she sees in the bar how her invitations go
        await self._session.execute(update(Role).where(Role.resident_id == sanne.resident.id).values(given_at=work.now))
        await acts.act(work, sanne, Joined(None))
        found = await residents.meet(work, self._around.seal, {COLLEAGUE: "nl"})
        colleague = self._people[COLLEAGUE] = found[COLLEAGUE]
        await acts.act(work, colleague, Joined(None))
        await team.use_link(work, colleague, await team.make_link(work, sanne, "staff"))

    def _joining(self, number: int) -> Callable[[Work], Awaitable[None]]:
        async def happens(work: Work) -> None:
            found = await residents.meet(work, self._around.seal, {number: "en" if number in SPEAK_ENGLISH else "nl"})
            person = self._people[number] = found[number]
            person.resident.came_from = self._chance.choice(["telegram", "p-buurthuis", "p-bibliotheek", "via"])
            await acts.act(work, person, Joined(self._lives_in(number)))

        return happens

    def _lives_in(self, number: int) -> str | None:
        places = self._around.area.neighbourhoods
        if number == WIM:
            return next((place.code for place in places if place.name == HOME), places[0].code)
        if self._chance.random() < 0.08:
            return None
        return self._chance.choices(places, [place.inhabitants for place in places])[0].code

    # Complaints

    def _complaint(self, report: Report) -> None:
        came = self._at(report.ago) if report.ago >= 3 else self._now - timedelta(days=report.ago)
        numbers: list[int] = []
        reporters: list[Person] = []

        async def comes(work: Work) -> None:
            by = self._someone(work, wim=report.wim, english=report.english)
            photos = [self._photos[report.photo]] if report.photo else []
            told = ComplaintReport(report.topic, Told(report.words), self._place(by, report.place), photos)
            await acts.act(work, by, told)
            numbers.append(await self._newest(Complaint))
            reporters.append(by)

        self._then(came, comes)
        at = came
        for step in report.then:
            meant = came + timedelta(days=step.after) if step.ago is None else self._now - timedelta(days=step.ago)
            at = max(at + timedelta(minutes=47), meant)
            self._then(at, self._step(step, numbers, reporters))

    def _step(self, step: Step, numbers: list[int], reporters: list[Person]) -> Callable[[Work], Awaitable[None]]:
        async def happens(work: Work) -> None:
            number, by, staff = numbers[0], reporters[0], self._staff()
            photos = [self._photos[step.photo]] if step.photo else []
            match step.what:
                case "take":
                    await complaints.take(work, staff, await acts.complaint(work, number))
                case "plan":
                    day = (self._now + timedelta(days=step.day)).astimezone(work.area.time_zone).date()
                    await acts.act(work, staff, Planned(number, day, step.words))
                case "solve":
                    await acts.act(work, staff, Solved(number, step.words, photos))
                case "cannot":
                    await acts.act(work, staff, CannotBe(number, step.words))
                case "close":
                    await verdicts.close_unanswered(work, await acts.complaint(work, number))
                case verdict:
                    await acts.act(work, by, FollowUpAnswer(number, verdict, Told(step.words)))

        return happens

    def _place(self, by: Person, words: str) -> At:
        """Most type it; some share the spot, near where they live."""
        places = {place.code: place for place in self._around.area.neighbourhoods}
        home: Neighbourhood | None = places.get(by.resident.neighbourhood or "")
        if home is None or self._chance.random() < 0.75:
            return At(words)
        return At(words, home.latitude + self._chance.gauss(0, 0.002), home.longitude + self._chance.gauss(0, 0.003))

    # Answers, ideas, events

    def _answers(self, ago: float, proud: str, better: str) -> None:
        async def happens(work: Work) -> None:
            english = proud.startswith(("My ", "The "))
            await acts.act(work, self._someone(work, english=english), TwoAnswers(Told(proud), Told(better)))

        self._then(self._at(ago), happens)

    def _idea(self, plan: Plan) -> None:
        came = self._at(plan.ago)
        numbers: list[int] = []

        async def comes(work: Work) -> None:
            await acts.act(work, self._someone(work, wim=plan.wim), plan.idea)
            numbers.append(await self._newest(Idea))

        async def answered(work: Work) -> None:
            if plan.answer is not None:
                what, words, cents = plan.answer
                told = IdeaAnswered(numbers[0], what, words, cents)
                if what == "award" and cents is not None:
                    idea = await self._session.get_one(Idea, numbers[0])
                    place = idea.neighbourhood or money.OF_ALL
                    await money.put_in(work, self._people[SANNE], place, work.today.year, 4 * cents)
                if what == "not_now":
                    again = work.today + timedelta(days=180)
                    told = replace(told, can="Denk met ons mee over een waterspeelplek.", day=again)
                await acts.act(work, self._people[SANNE], told)

        self._then(came, comes)
        self._then(came + timedelta(days=3, hours=2), answered)

    def _event(self, ago: float, day: int, hour: int, told: tuple[str, str, str], answers: int) -> None:
        """An event that is announced so many days ago, on the Saturday after the `day`-th from now."""
        title, place, words = told
        starts = (self._now + timedelta(days=day)).astimezone(self._around.area.time_zone).replace(tzinfo=None)
        starts += timedelta(days=(5 - starts.weekday()) % 7)
        starts = starts.replace(hour=hour, minute=0, second=0, microsecond=0)
        numbers: list[int] = []

        async def announced(work: Work) -> None:
            told = EventAnnounced(title, starts, At(place), words, None, work.area.languages[0])
            await acts.act(work, self._people[SANNE], told)
            await broadcasts.keep_posted(work)  # Telegram took what Sanne got first
            numbers.append(await self._newest(Event))

        def answering(number: int) -> Callable[[Work], Awaitable[None]]:
            async def happens(work: Work) -> None:
                event = await self._session.get_one(Event, numbers[0])
                says = self._chance.choices(["yes", "maybe", "no"], [6, 2, 2])[0]
                if number in self._people:
                    await event_answers.answer(work, self._people[number], event, says)

            return happens

        self._then(self._at(ago, 10, 16), announced)
        for number in self._chance.sample(NEIGHBOURS, answers):
            self._then(self._at(ago - 1 - self._chance.random() * min(3, ago - 2)), answering(number))

    async def _newest(self, table: type[Complaint | Idea | Event]) -> int:
        return int(await self._session.scalar(select(table.id).order_by(table.id.desc()).limit(1)) or 0)

    async def _invitations_were_sent(self) -> None:
        await self._session.flush()
        await self._session.execute(delete(Post))
        await self._session.execute(update(Recipient).values(state="sent"))
        await self._session.execute(update(Broadcast).values(state="done", sent=Broadcast.total))


async def sow(around: Surroundings, session: AsyncSession, photos: Mapping[str, str]) -> bool:
    """Fill a database in which nobody has said yes yet; False where somebody has.

    `photos`: the messenger's file ids of "paving", "weeds", "rubbish", "mended".
    """
    if await session.scalar(select(Resident.id).where(Resident.consent_at.is_not(None)).limit(1)) is not None:
        return False
    await Life(around, session, photos).live()
    return True
