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

from bot.neighbourhood import acts, person_talks, residents, room_cards, spoken, staff_rooms
from bot.neighbourhood.work import Work
from bot.outbox.letters import Letter
from bot.store.base import Base
from bot.store.tables import Broadcast, Event, EventAnswer, History, Idea, Message, Reporter, Role
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
    **dict.fromkeys(("E1.list", "E1.change", "E1.cancel", "E2.thank"), OFFICE),
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
ALL = BUTTONS | IDEAS | EVENTS
ELSEWHERE_KNOWN = {
    *("more", "brings", "name", "noname", "helps", "nohelp", "many", "poster", "preview", "on", "all"),
    *("is", "stay", "readaloud", "neighbour", "moved", "forget", "stop", "mydata", "invite", "start", "consent"),
    # Who may is told by the tests of vouchers, consultations, friends of an idea and the panel's composition.
    *("V", "spend", "show", "done", "fine", "part", "paid", "refuse", "picture"),
    *("consult", "says", "unknown", "actie", "met", "panel", "near", "like", "helpyes", "helpno"),
}
"""What is listened to besides, for oneself alone, or as part of what stands above."""
REFUSALS: tuple[Words, ...] = (
    UNKNOWN,
    _("That button doesn't work any more."),
    _("That one is finished already."),
    *(
        s_("{code} is for colleagues: you work on another neighbourhood or topic.", code=code)
        for code in ("M1", "M2", "M3", "I1", "E3")
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
            refused = select(History.id).where(History.what == "refused")
            changed["history"] -= len(list(await session.scalars(refused)))
            own_chat = people[number].chat.id
            work.letters.clear()
            await session.rollback()
        return Tapped(said, +changed, own_chat)

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
    known |= ELSEWHERE_KNOWN | BY_NAME.keys() | set("MIEABT")
    listened = list(listened_to())
    assert {word for _module, word in listened} >= {"take", "contact", "room.close", "heard", "works"}, "nothing read"
    missing = {f"{module}: {word}" for module, word in listened if word.rstrip(".") not in known}
    missing |= {part for each in drawn() for part in each.replace(":", ".").split(".") if part not in known}
    assert missing == set(), f"buttons to write down here, with who may: {sorted(missing)}"


def test_each_step_and_each_list_is_there() -> None:
    for name in (*room_cards.ACTIONS, *room_cards.TURNS_OVER):
        assert f"M1.{name}" in BUTTONS or f"M3.{name}" in BUTTONS, name
    assert {f"promises.0.{name}" for name in for_promises.LISTS} <= BUTTONS.keys()
