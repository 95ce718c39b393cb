"""Every button, for every role, with the ids of others in it: it does something for whom it may, else nothing at all.

`BUTTONS` says who may, written out once more beside the code; `test_no_button_is_missing_here` reads from the code
which buttons are listened to and drawn, so that a new one has to be written down here too.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.neighbourhood import acts, idea_steps, money, person_talks, residents, room_cards, spoken, staff_rooms
from bot.neighbourhood.work import Person, Work
from bot.outbox.letters import Letter
from bot.store.base import Base
from bot.store.tables import (
    Broadcast,
    Consultation,
    Event,
    EventAnswer,
    History,
    Idea,
    IdeaFriend,
    Message,
    Reporter,
    Resident,
    Role,
    Spending,
)
from bot.telegram import codes, for_promises
from bot.telegram.commands import BY_NAME, COMMANDS, UNKNOWN
from bot.telegram.dialogues import Dialogues
from bot.telegram.read import Incoming
from bot.telegram.staff_room import InGroups
from bot.telegram.turn import Turn
from conversations.questions import Told
from conversations.results import IdeaHandedIn, TwoAnswers, WantsPerson
from conversations.words import Words, _, s_
from tests.rules import Rules
from tests.rules import rules as running_rules
from tests.test_roles import ALLOWED

EVERYBODY = {"owner", "other", "panel", "staff", "elsewhere", "coordinator"}
OFFICE = {"staff", "elsewhere", "coordinator"}
HERE = {"staff", "coordinator"}
"""Who works on what Anna reported; "elsewhere" is staff who work on street lights alone."""
READS_IDEAS = OFFICE | {"panel"}
COORDINATORS, OWNER, PANEL = {"coordinator"}, {"owner"}, {"panel"}
NOBODY: set[str] = set()
GROUP = -100200300
STATES_ASKED = ("consulting", "checked", "checked")
ASKED, OVER = 4, 6
"""Ideas that neighbours are asked about, and were."""

BUTTONS: dict[str, set[str]] = {
    # M1 is Anna's, M2 was written down by staff for somebody without a phone, M3 goes on with M1.
    "M1.card": OFFICE | {"owner"},
    **dict.fromkeys(("M1.take", "M1.plan", "M1.solve", "M1.pass_on", "M1.cannot", "M1.not_ours", "M1.same"), HERE),
    **dict.fromkeys(("M1.tell", "M1.heard", "M2.slip", "M3.apart"), HERE),
    **dict.fromkeys(("M1.unfold", "M1.fold"), OFFICE),
    "M1.withdraw": {"owner"},
    "M2.withdraw": OFFICE,  # asks whether they are sure; who may is looked at again when they are
    "M1.theme": OFFICE,  # a question; what it is answered with:
    **dict.fromkeys(("M1.theme.wonen", "M1.theme.werken", "M1.theme.leren"), HERE),
    **dict.fromkeys(("M1.theme.veiligheid", "M1.theme.gezondheid"), HERE),
    "M1.theme.slapen": NOBODY,
    "M999.take": NOBODY,
    # A1 (better, spoken) is Anna's.
    **dict.fromkeys(("A1.card", "A1.heard", "A1.theme", "A1.theme.wonen"), OFFICE),
    "A1.report": {"owner"},
    # T1 is Anna's talk with a person; talks are all the office's.
    **dict.fromkeys(("T1.stop", "T1.front"), OWNER),
    **dict.fromkeys(("T1.contact", "T1.end", "T1.card"), OFFICE),
    # Lists, and more of them.
    **dict.fromkeys(("p.9.", "answers.9.", "find.9.tile", "stats.9.", "promises.0.open", "promises.0.late"), OFFICE),
    **dict.fromkeys(("promises.0.week", "promises.0.mine", "promises.0.kept", "promises.0.broken"), OFFICE),
    "ideas.9.": READS_IDEAS,
    "log.9.": COORDINATORS,
    # The team: the role with the number of "elsewhere", who is resident ELSE.
    **dict.fromkeys(("role.ROLE", "works.ROLE", "works.ROLE.all", "works.ROLE.n.WK091722"), COORDINATORS),
    "works.ROLE.t.green": COORDINATORS,
    "chair.SEAT": COORDINATORS,  # the role of who sits in the panel
    "hand.ELSE": COORDINATORS | {"elsewhere"},
    # What stands in a room does nothing in anybody's own chat.
    **dict.fromkeys(("room.list", "room.ideas", "room.close", "room.cards.1"), NOBODY),
    # Anna's open conversation.
    "CONVERSATION": {"owner"},
    **dict.fromkeys(("l.nl", "l.en", "l.de", "l.pl", "l.ar", "l.tr", "l.uk"), EVERYBODY),
    **{
        f"do.{each.name}": {role for role in EVERYBODY if {"elsewhere": "staff", "owner": "resident", "other":
        "resident"}.get(role, role) in {name for name, may in ALLOWED.items() if each.name in may}}
        if each.roles
        else EVERYBODY
        for each in COMMANDS
    },
}  # fmt: skip
"""Callback data → who may. NAMES in capitals stand for numbers."""
EVENTS: dict[str, set[str]] = {
    # E1 is to come; E2 is over, and Anna was there; E3 is a walk that Anna proposed.
    **dict.fromkeys(("E1.card", "E1.yes", "E1.maybe", "E1.no", "E1.with:2", "E1.wait:2", "E1.place"), EVERYBODY),
    "E1.calendar": EVERYBODY,
    **dict.fromkeys(("E1.list", "E1.change", "E1.cancel", "E2.thank"), HERE),
    "E2.questions": {"owner"},
    "E3.card": OFFICE | {"owner"},
    **dict.fromkeys(("E3.accept", "E3.retime", "E3.not_now"), HERE),
    "events.0": EVERYBODY,
    # B1 goes out; B2 waits for a second coordinator's yes, and Sanne made it.
    **dict.fromkeys(("B1.card", "B1.see", "B1.pause", "B1.stop", "B1.go_on", "B1.correct"), OFFICE),
    **dict.fromkeys(("B2.yes", "B2.no"), NOBODY),
}
"""As `BUTTONS`, of events and broadcasts; their own tests say more of them."""
IDEAS: dict[str, set[str]] = {
    # I1 is Anna's, and has just come in.
    "I1.card": READS_IDEAS | {"owner"},
    **dict.fromkeys(("I1.answer", "I1.refer", "I1.heard", "I1.slip"), HERE),
    "I1.more": HERE | {"panel"},
    **dict.fromkeys(("I1.award", "I1.not_now", "I1.cannot"), COORDINATORS),
    "I1.finish": HERE,
    **dict.fromkeys(("I1.supply", "I1.withdraw", "I1.accept"), OWNER),
    "I1.start": HERE | OWNER,
    "I1.votes": PANEL | COORDINATORS,
    **dict.fromkeys(("I1.rules", "I1.files", "I1.v.for", "I1.v.against", "I1.v.involved"), PANEL),
    **dict.fromkeys(("I1.meeting", "I1.again"), NOBODY),  # only of what goes to the meeting, and of what has expired
}
"""As `BUTTONS`, of ideas; the panel's own tests say more of them."""
MONEY: dict[str, set[str]] = {
    # I2 is Anna's and goes on; its voucher holds €100. S1 was booked, S2 was too much. Other offered to help.
    **dict.fromkeys(("V2.show", "V2.spend", "V2.done", "V2.picture", "V2.fine", "V2.hand"), OWNER),
    **dict.fromkeys(("V2.part.2", "V2.again.2"), OWNER),
    **dict.fromkeys(("V2.part.3", "V2.again.3", "V2.part.999"), NOBODY),  # S3 is no spending from this voucher
    **dict.fromkeys(("V2.others", "V2.hide"), NOBODY),  # nothing was told of it yet
    "I2.card": EVERYBODY,  # it got its yes; each sees what is for them
    **dict.fromkeys(("S1.paid", "S1.refuse", "S2.refuse"), HERE),
    **dict.fromkeys(("S1.card", "S2.card"), OFFICE),
    **dict.fromkeys(("S1.spend", "S1.part.1", "S999.paid", "V999.spend", "V2.paid", "V2.refuse"), NOBODY),
    **dict.fromkeys(("I2.actie", "I2.actie.animo", "I2.actie.empathie"), HERE),
    **dict.fromkeys(("I2.actie.sympathie", "I2.consult", "I2.unknown"), NOBODY),
    "I2.like": EVERYBODY,
    "I2.help": EVERYBODY - {"owner", "other"},  # it is Anna's own, and Other has offered already
    **dict.fromkeys(("I2.helpyes.OTHER", "I2.helpno.OTHER"), OWNER),
    **dict.fromkeys(("I2.helpyes.ELSE", "I1.helpyes.OTHER", "I1.like", "I1.help"), NOBODY),
    # I3 was written down for somebody without a phone: staff look after its voucher, and S3.
    **dict.fromkeys(("V3.show", "V3.spend", "V3.done"), HERE),
    "S3.paid": HERE,
    # I4 is Anna's; her neighbours are asked. Sanne, the coordinator, lives elsewhere.
    **dict.fromkeys(("I4.for", "I4.against", "I4.unknown"), EVERYBODY - {"owner", "coordinator"}),
    **dict.fromkeys(("I4.consult", "I4.maybe"), NOBODY),
    "I4.says": READS_IDEAS,
    # I5 is Anna's and fits the rules; of I6 neighbours have been asked, and it is over.
    "I5.consult": PANEL | COORDINATORS,
    **dict.fromkeys(("I5.for", "I6.for", "I6.against", "I6.consult"), NOBODY),
    "I6.says": READS_IDEAS,
    "panel.met": COORDINATORS,
    "near.0": EVERYBODY,
}
"""As `BUTTONS`, of money, consultations and what neighbours do with an idea."""
LOGGED = {
    *("V2.show", "V2.spend", "V2.done", "V2.picture", "V2.fine", "V2.hand", "V2.part.2", "V2.again.2"),
    *("S1.paid", "S1.refuse", "S2.refuse", "S3.paid", "S1.card", "V3.spend", "V3.done", "V3.show"),
    *("I2.actie", "I2.actie.animo", "I2.helpyes.OTHER", "I2.helpno.OTHER", "I4.says", "I5.consult", "I6.says"),
    *("panel.met", "I1.award", "I1.not_now", "I1.cannot"),
}
"""What stands in the log when somebody tries who may not."""
ALL = BUTTONS | IDEAS | EVENTS | MONEY
ELSEWHERE_KNOWN = {
    *("more", "brings", "name", "noname", "helps", "nohelp", "many", "poster", "preview", "on", "all"),
    *("is", "stay", "readaloud", "neighbour", "moved", "forget", "stop", "mydata", "invite", "start", "consent"),
}
"""What is listened to besides, for oneself alone, or as part of what stands above."""
STATES_OF = {"I2": "running", "I4": "consulting", "I6": "checked"}
REFUSALS: tuple[Words, ...] = (
    UNKNOWN,
    _("That button doesn't work any more."),
    _("That one is finished already."),
    *(
        s_("{code} is for colleagues: you work on another neighbourhood or topic.", code=code)
        for code in ("M1", "M2", "M3", *(f"I{number}" for number in range(1, 7)), "E1", "E2", "E3")
    ),
    *(s_("{code} is your own, so you are involved.", code=code) for code in ("I2", "I4", "I5", "I6")),
    *(s_("{code}: a coordinator decides about this one.", code=code) for code in ("I2", "I3")),
    _("There is no voucher for this."),
    _("It's your own idea, so now your neighbours have the word."),
    _("It's your own idea. Neighbours can offer their help here."),
    _("You offered to help with {code} already. You hear from us.", code="I2"),
    _("Thank you! The time to say something about {code} is over.", code="I6"),
    _("This is asked of who lives here: {places}. Have you moved?", places="Heksenberg"),
    *(
        s_("That's too late. {code} stands at: {state}.", code=code, state=idea_steps.STATE_NAMES[state])
        for code, state in STATES_OF.items()
    ),
    s_("There is no {code}.", code="M999"),
    s_("{code}: a coordinator decides about this one.", code="I1"),
    s_("{code}: only the chair enters that.", code="I1"),
    s_("You made {code} yourself, so somebody else says yes.", code="B2"),
)


@dataclass
class Tapped:
    """What came of a tap: what was said to whom (by chat), and rows that came, went or changed."""

    said: list[tuple[int, str]]
    changed: Counter[str]
    own_chat: int
    logged: bool
    """That it was refused stands in the log."""


class Street:
    """Everybody and everything that the buttons are about."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.numbers: dict[str, str] = {}
        self.before: dict[str, Counter[str]] = {}
        self.last_sent = 0

    async def fill(self) -> None:
        """Make them."""
        rules = self.rules
        async with rules.around.working() as work:
            anna = await rules.person(work, "owner")
            await rules.person(work, "other")
            for role in ("panel", "staff"):
                await rules.with_role(work, role, role)
            elsewhere = await rules.with_role(work, "elsewhere", "staff")
            first = await rules.report(work, "owner")
            first.voice = "spoken"
            second = await rules.report(work, "owner", "For somebody else")
            second.came_from = spoken.SPOKEN
            await work.session.flush()
            reporter = await work.session.get_one(Reporter, (second.id, anna.resident.id))
            await work.session.delete(reporter)
            third = await rules.report(work, "owner", "The same")
            third.state, third.same_as = "same", first.id
            await acts.act(work, anna, IdeaHandedIn(Told("A bench"), "", "", "", ""))
            (await work.session.get_one(Idea, 1)).voice = "spoken"
            await acts.act(work, anna, TwoAnswers(Told(), Told("Dark", "spoken")))
            await person_talks.begin(work, anna, WantsPerson(Told("Hello")))
            await self._events(work, anna.resident.id)
            await self._money(work, anna)
            conversation = await Dialogues(work, anna).open("withdraw", {"complaint": 1}, about="M1", front=False)
            of_it = select(Role).where(Role.resident_id == elsewhere.resident.id)
            held = (await work.session.scalars(of_it)).one()
            held.topics = ["lights"]
            mine = await rules.report(work, "other", "A lamp", "lights")
            mine.handler_id, mine.state = elsewhere.resident.id, "taken"
            (await rules.person(work, "staff")).resident.name = "Kim"
            sanne = await rules.person(work, "coordinator" if "coordinator" in rules.numbers else "Sanne")
            await staff_rooms.open_room(work, rules.around.seal, sanne, GROUP)
            self.numbers = {
                "ROLE": str(held.id),
                "SEAT": str((await work.session.scalars(select(Role.id).where(Role.role == "panel"))).one()),
                "ELSE": str(elsewhere.resident.id),
                "OTHER": str((await rules.person(work, "other")).resident.id),
                "CONVERSATION": f"c{conversation.id}.{conversation.turn}.yes",
            }
        async with rules.around.working() as work:
            self.before = await rows(work)
            self.last_sent = max(await work.session.scalars(select(Message.id)), default=0)

    async def _events(self, work: Work, anna: int) -> None:
        hour = timedelta(hours=1)
        one = {"words": "Come", "place": "Square", "latitude": 50.9, "longitude": 5.9, "made_by": 1, "at": work.now}
        work.session.add(Event(title="Coffee", starts_at=work.now + 100 * hour, **one))
        work.session.add(Event(title="Tea", starts_at=work.now - 30 * hour, **one))
        walk = {"kind": "walk", "state": "proposed", "proposed_by": anna, "starts_at": work.now + 200 * hour}
        work.session.add(Event(title="Walk", **walk, **one))
        await work.session.flush()
        work.session.add(EventAnswer(event_id=2, resident_id=anna, answer="yes", at=work.now, came_at=work.now))
        letter = Letter("sendMessage", {"text": "Come"})
        sent = {"letters": {"en": {"method": letter.method, "content": letter.content}}, "not_before": work.now}
        for state in ("running", "asked"):
            work.session.add(Broadcast(subject="news", state=state, total=9, sent=3, made_by=1, at=work.now, **sent))
        await work.session.flush()

    async def _money(self, work: Work, anna: Person) -> None:
        sanne = await self.rules.person(work, "Sanne")
        without_phone = Resident(came_at=work.now, came_from=spoken.SPOKEN)
        work.session.add(without_phone)
        await work.session.flush()
        mine = anna.resident.id
        owners = [(mine, "running"), (without_phone.id, "running"), *((mine, each) for each in STATES_ASKED)]
        for number, state in owners:
            idea = Idea(resident_id=number, state=state, words="A swing", language="nl", neighbourhood="WK091722")
            idea.wish, idea.answer_by, idea.came_from, idea.first = "money", work.today, "telegram", False
            idea.at = work.now
            work.session.add(idea)
            await work.session.flush()
            if state == "running":
                idea.awarded_cents = 10_000
                await money.put_in(work, sanne, "WK091722", work.today.year, 10_000)
                await money.award(work, None, idea, 10_000)
            elif idea.id in (ASKED, OVER):
                asked = Consultation(idea_id=idea.id, state="open" if idea.id == ASKED else "closed", say="advise")
                asked.question, asked.language, asked.asked_of = "", "nl", ["WK091722"]
                asked.closes_at = work.now + timedelta(days=7 if idea.id == ASKED else -1)
                asked.at = work.now - timedelta(days=8)
                work.session.add(asked)
        for number, state in ((2, "booked"), (2, "shown"), (3, "booked")):
            spending = {"idea_id": number, "kind": "work", "state": state, "cents": 20_000 if state == "shown" else 500}
            work.session.add(Spending(words="Ali", at=work.now, **spending))
            await work.session.flush()
        for number in (2, 3):
            await money.spend(work, None, await work.session.get_one(Idea, number), 500, "S")
        other = (await self.rules.person(work, "other")).resident.id
        work.session.add(IdeaFriend(idea_id=2, resident_id=other, kind="helps", words="I have a drill", at=work.now))
        await work.session.flush()

    async def tap(self, role: str, data: str, *, in_room: bool = False) -> Tapped:
        """What a tap does; it is undone again."""
        for name, stands_for in self.numbers.items():
            data = data.replace(name, stands_for)
        known = {"coordinator": "Sanne"}.get(role, role)
        async with self.rules.around.database.write() as session:
            work = self.rules.around.reading(session)
            number = self.rules.numbers[known]
            people = await residents.meet(work, self.rules.around.seal, {number: "nl"})
            turn = Turn(work, people)
            incoming = Incoming(
                1, GROUP if in_room else number, "nl", not in_room, number, 1, button=data, callback_id="1"
            )
            if in_room:
                await (await InGroups.of(turn, self.rules.around.seal, [incoming])).handle(incoming)
            else:
                await turn.handle(incoming)
            for talk in turn.talks.values():
                await talk.ask_what_waits()
            await room_cards.keep_up(work)
            await work.write_down()
            await session.flush()
            sent = await session.scalars(select(Message).where(Message.id > self.last_sent).order_by(Message.id))
            said = [(each.chat_id, str(each.content.get("text", each.method))) for each in sent]
            changed = Counter[str]()
            for table, now in (await rows(work)).items():
                if table != "outbox":
                    changed.update({table: ((now - self.before[table]) + (self.before[table] - now)).total()})
            refused = len(list(await session.scalars(select(History.id).where(History.what == "refused"))))
            changed["history"] -= refused
            own_chat = people[number].chat.id
            work.letters.clear()
            await session.rollback()
        return Tapped(said, +changed, own_chat, refused > 0)

    def is_refusal(self, text: str) -> bool:
        """Whether that is said to who may not."""
        return any(text.startswith(self.rules.around.catalogues.render(each, "nl")) for each in REFUSALS)


async def rows(work: Work) -> dict[str, Counter[str]]:
    """All rows of all tables."""
    return {
        table.name: Counter(str(tuple(row)) for row in await work.session.execute(select(table)))
        for table in Base.metadata.sorted_tables
    }


@pytest_asyncio.fixture
async def street(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Street]:
    async with running_rules(tmp_path, sqlite_url) as rules:
        rules.numbers["coordinator"] = rules.numbers["Sanne"]
        made = Street(rules)
        await made.fill()
        yield made


@pytest.mark.parametrize("role", sorted(EVERYBODY))
async def test_a_button_does_something_only_for_whom_it_may(street: Street, role: str) -> None:
    wrong = []
    for data, may in ALL.items():
        came = await street.tap(role, data)
        told_others = [text for chat, text in came.said if chat != came.own_chat]
        refused = not (came.said or came.changed) or any(
            street.is_refusal(text) for chat, text in came.said if chat == came.own_chat
        )
        if refused is (role in may):
            wrong.append(f"{data} by {role}: {came.said}")
        if refused and (came.changed or told_others):
            wrong.append(f"{data} by {role} was refused and did: {came.changed} {told_others}")
        if data in LOGGED and refused and not came.logged:
            wrong.append(f"{data} by {role} was refused, and the log doesn't say so")
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("role", ["owner", "other", "panel"])
async def test_in_the_room_only_the_office_taps(street: Street, role: str) -> None:
    """Whoever else is in the group gets nothing done and nothing said, whatever the data."""
    for data in ALL:
        came = await street.tap(role, data, in_room=True)
        assert (came.said, came.changed) == ([], Counter()), f"{data} by {role} in the room"


async def test_in_the_room_too_one_works_on_ones_own_alone(street: Street) -> None:
    for data, may in ALL.items():
        if data.startswith(("room.cards", "do.")) or "elsewhere" in may:
            continue
        came = await street.tap("elsewhere", data, in_room=True)
        changed = +Counter({table: number for table, number in came.changed.items() if table != "posts"})
        if data in ("M1.unfold", "M1.fold", "room.list", "room.ideas"):
            assert not changed, data  # buttons are turned over for all, lists are read
            continue
        assert not came.changed, f"{data}: {came.changed}"
        assert all(chat == came.own_chat and street.is_refusal(text) for chat, text in came.said), data


async def test_one_card_is_for_all_in_the_room_but_not_all_decide(street: Street) -> None:
    """Its buttons are there for everybody: who may not hears so in their own chat, it is logged, nothing changes."""
    for data in ("I1.award", "I1.not_now", "I1.cannot"):
        came = await street.tap("staff", data, in_room=True)
        assert (came.changed, came.logged) == (Counter(), True), data
        assert all(chat == came.own_chat and street.is_refusal(text) for chat, text in came.said), data


# --- Is every button there? ----------------------------------------------------------------------------------

NAMED = {"what", "subject", "data", "name", "which"}
"""What the parts of callback data are called there."""


def listened_to() -> Iterator[tuple[str, str]]:
    """What the code compares the parts of callback data with: module and word."""
    for path in sorted(Path(codes.__file__).parent.glob("*.py")):
        name = path.stem
        module = importlib.import_module(f"bot.telegram.{name}")
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare) and getattr(node.left, "id", None) in NAMED:
                for other in node.comparators:
                    yield from ((name, word) for word in words_in(other, module))
            elif isinstance(node, ast.Match) and getattr(node.subject, "id", None) in NAMED:
                for case in node.cases:
                    yield from ((name, word) for word in words_in(case.pattern, module))


def words_in(node: ast.AST, module: Any) -> Iterator[str]:
    """Constants in an expression, and keys of what it names."""
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value:
            yield each.value
        elif isinstance(each, ast.Name | ast.Attribute):
            with contextlib.suppress(AttributeError, NameError):
                found = eval(ast.unparse(each), vars(module))
                if isinstance(found, dict | tuple | frozenset | set):
                    yield from (str(key) for key in found if isinstance(key, str))


def drawn() -> Iterator[str]:
    """The parts of callback data that are written out where buttons are made."""
    for path in sorted(Path(residents.__file__).parents[1].rglob("*.py")):
        if "simulator" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Button", "Action"):
                for each in [*node.args[1:2], *(given.value for given in node.keywords)]:
                    parts = each.values if isinstance(each, ast.JoinedStr) else [each]
                    for part in parts:
                        if isinstance(part, ast.Constant) and isinstance(part.value, str):
                            yield part.value


def test_no_button_is_missing_here() -> None:
    known = {part for data in ALL for part in (data, *data.replace(":", ".").split("."))}
    known |= ELSEWHERE_KNOWN | BY_NAME.keys() | set("MIEABTVS")
    listened = list(listened_to())
    assert {word for _module, word in listened} >= {"take", "contact", "room.close", "heard", "works"}, "nothing read"
    missing = {f"{module}: {word}" for module, word in listened if word.rstrip(".") not in known}
    missing |= {part for each in drawn() for part in each.replace(":", ".").split(".") if part not in known}
    assert missing == set(), f"buttons to write down here, with who may: {sorted(missing)}"


def test_each_step_and_each_list_is_there() -> None:
    for name in (*room_cards.ACTIONS, *room_cards.TURNS_OVER):
        assert f"M1.{name}" in BUTTONS or f"M3.{name}" in BUTTONS, name
    assert {f"promises.0.{name}" for name in for_promises.LISTS} <= BUTTONS.keys()
