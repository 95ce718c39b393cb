"""The life of an idea as one table: from which state to which, who may, what it needs, what its owner reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum

from bot.neighbourhood import panel_members, panel_votes, promises, residents, team
from bot.neighbourhood.steps import BY_THEN, DIFFERENTLY, FACT, Says, say
from bot.neighbourhood.work import COORDINATORS, Action, NotAllowed, Person, Work
from bot.outbox.rows import Lane
from bot.store.tables import Due, Idea
from conversations.idea import TAKES_ON_DUTIES
from conversations.words import Local, Text, Value, Words, _, s_

STATE_NAMES: dict[str, Text] = {
    "received": _("handed in"),
    "more": _("waits for an answer"),
    "checked": _("fits the rules, now the vote"),
    "consulting": _("the neighbourhood is asked"),
    "answered": _("answered"),
    "awarded": _("yes, go ahead"),
    "not_now": _("not now"),
    "cannot": _("can't be done"),
    "accepted": _("it goes ahead"),
    "running": _("going on"),
    "accounted": _("done, we look at it"),
    "finished": _("finished"),
    "withdrawn": _("stopped by who had it"),
    "referred": _("belongs elsewhere"),
    "expired": _("closed without an answer"),
}
"""What every reader is told of a state. Before the first one is the conversation in which it is told: the draft."""
STATES = frozenset(STATE_NAMES)
OWED = frozenset({"received", "checked", "consulting", "accounted"})
"""Where the panel or the office owes its owner an answer by a day."""
ALIVE = OWED | {"more", "answered", "awarded", "accepted", "running"}
"""Where something may still come of it, so that its contact matters."""
GRANTED = frozenset({"awarded", "accepted", "running", "accounted"})
"""Where it has its yes; so has what is finished and was awarded."""
DECISIONS = frozenset({"award", "not_now", "cannot"})
WAITS = frozenset({"more", "awarded"})
"""Where it is its owner's turn: they are reminded twice, and then it is closed."""


class Who(Enum):
    """Who may make a step."""

    OWNER = "who had it; for somebody without a phone, staff"
    OFFICE = "staff and coordinators who work on it"
    PANEL = "members of the panel"
    COORDINATOR = "coordinators"
    DECIDER = "who decides now: the panel's chair, or a coordinator"
    BOT = "nobody: the bot itself, when votes are counted or a day has passed"


@dataclass(frozen=True, slots=True)
class Step:
    """A change of state. `needs`: facts without which it is not made ("why|words": one of the two).

    `says`: what its owner reads (see `steps.say`), with these `buttons`: step → label. `promise`: what becomes of the
    promise of an answer: "made" (by the fact "day"), "kept", "dropped", or "" (as it was).
    """

    before: frozenset[str]
    after: str
    who: frozenset[Who]
    says: Says
    needs: tuple[str, ...] = ()
    promise: str = ""
    buttons: tuple[tuple[str, Text], ...] = ()


def _states(words: str) -> frozenset[str]:
    return frozenset(words.split())


IDEA = Local({"en": "/idea", "nl": "/idee"})
NEW_ONE = _("A new idea? We'd love to hear it: {command}", command=FACT)
ANYTHING = _("Do you want to say something about it? Just write to us here.")
REMIND, AGAIN_FROM = "idea_remind", "idea_again"
"""Rows of `due`: it is still its owner's turn; and from today on it may be asked again."""
AGAIN: Says = (
    "why",
    "words",
    _("What you can do: {can}", can=FACT),
    _("You can ask again from {day}. You get a message from us then.", day=FACT),
    "votes",
    DIFFERENTLY,
)
NO_NEEDS = ("why|words", "can", "day")
STEPS: dict[str, Step] = {
    "answer": Step(
        _states("received answered"),
        "answered",
        frozenset({Who.OFFICE}),
        (
            _("{code}: an answer to your idea.", code=FACT),
            "words",
            ANYTHING,
        ),
        ("words",),
        promise="kept",
    ),
    "more": Step(
        _states("received checked"),
        "more",
        frozenset({Who.OFFICE, Who.PANEL}),
        (
            _("{code}: we have a question about your idea.", code=FACT),
            "words",
            _("The clock stands still until you answer. On {day} we ask once more.", day=FACT),
        ),
        ("words", "day"),
        promise="dropped",
        buttons=(("supply", _("Answer it")), ("withdraw", _("Stop my idea"))),
    ),
    "supply": Step(
        _states("more"),
        "received",
        frozenset({Who.OWNER}),
        (
            _("Thank you! {code} goes on.", code=FACT),
            "waited",
            BY_THEN,
        ),
        ("day",),
        promise="made",
    ),
    "check": Step(
        _states("received"),
        "checked",
        frozenset({Who.BOT}),
        (_("{code}: your idea fits the rules.", code=FACT), "next", BY_THEN),
        ("day",),
        promise="made",
    ),
    "consult": Step(
        _states("checked"),
        "consulting",
        frozenset({Who.PANEL, Who.COORDINATOR}),
        (
            _("{code}: we ask your neighbours what they think of it.", code=FACT),
            _("They can say so until {closes}.", closes=FACT),
            "next",
            BY_THEN,
        ),
        ("closes", "day"),
        promise="made",
    ),
    "consulted": Step(
        _states("consulting"),
        "checked",
        frozenset({Who.BOT}),
        (_("{code}: your neighbours have said what they think.", code=FACT), "outcome", "next", BY_THEN),
        ("day",),
        promise="made",
    ),
    "award": Step(
        _states("received answered checked not_now"),
        "awarded",
        frozenset({Who.DECIDER, Who.BOT}),
        (
            _("{code}: yes! There is {amount} for your idea.", code=FACT, amount=FACT),
            "yes",
            "votes",
            "words",
            _("Do you go and do it? Tap the button before {day}.", day=FACT),
        ),
        ("day",),
        promise="kept",
        buttons=(("accept", _("Yes, I'll do it")), ("withdraw", _("No, I'd rather not"))),
    ),
    "not_now": Step(
        _states("received answered checked"),
        "not_now",
        frozenset({Who.DECIDER}),
        (_("{code}: sorry, not now. This is why:", code=FACT), *AGAIN),
        NO_NEEDS,
        promise="kept",
    ),
    "cannot": Step(
        _states("received answered checked"),
        "cannot",
        frozenset({Who.DECIDER}),
        (_("{code}: sorry, this can't be done. This is why:", code=FACT), *AGAIN),
        NO_NEEDS,
        promise="kept",
    ),
    "refer": Step(
        _states("received answered more checked"),
        "referred",
        frozenset({Who.OFFICE}),
        (
            _("{code}: somebody else is the right one for this.", code=FACT),
            _("You can go here: {where}", where=FACT),
            DIFFERENTLY,
        ),
        ("where",),
        promise="kept",
    ),
    "accept": Step(
        _states("awarded"),
        "accepted",
        frozenset({Who.OWNER}),
        (
            _("Good! {code} is yours to do now.", code=FACT),
            "helper",
            _("Begin when it suits you. Tap the button then."),
        ),
        buttons=(("start", _("We have begun")),),
    ),
    "start": Step(
        _states("accepted"),
        "running",
        frozenset({Who.OWNER, Who.OFFICE}),
        (
            _("{code} has begun. Have fun with it!", code=FACT),
            "helper",
            _("When it's done, tell us how it went. Type {code}.", code=FACT),
        ),
    ),
    "account": Step(
        _states("accepted running"),
        "accounted",
        frozenset({Who.OWNER}),
        (_("Thank you for telling how {code} went!", code=FACT), _("We have a look at it."), BY_THEN),
        ("day",),
        promise="made",
    ),
    "finish": Step(
        _states("answered accounted"),
        "finished",
        frozenset({Who.OFFICE}),
        (
            _("{code} is finished. Thank you for what you did for the neighbourhood!", code=FACT),
            NEW_ONE,
        ),
        promise="kept",
    ),
    "withdraw": Step(
        _states("received more answered checked consulting awarded accepted running"),
        "withdrawn",
        frozenset({Who.OWNER}),
        (
            _("{code} has stopped. That's fine.", code=FACT),
            NEW_ONE,
        ),
        promise="dropped",
    ),
    "expire": Step(
        _states("more awarded"),
        "expired",
        frozenset({Who.BOT}),
        (
            _("{code}: we heard nothing from you, so we close it.", code=FACT),
            _("Do you still want it? Tap the button and send it again."),
        ),
        promise="dropped",
        buttons=(("again", _("Send it again")),),
    ),
}
ACTIONS: dict[str, Words] = {
    "answer": s_("Answer"),
    "award": s_("Say yes"),
    "not_now": s_("Say not now"),
    "cannot": s_("It can't be done"),
    "more": s_("Ask its owner something"),
    "refer": s_("It belongs elsewhere"),
    "finish": s_("It's finished"),
}
"""What is done with an idea by a button of its card: step → label."""
OWNERS: dict[str, tuple[tuple[str, Text], ...]] = {
    "received": (("withdraw", _("Stop my idea")),),
    "more": STEPS["more"].buttons,
    "checked": (("withdraw", _("Stop my idea")),),
    "consulting": (("withdraw", _("Stop my idea")),),
    "awarded": STEPS["award"].buttons,
    "accepted": (("start", _("We have begun")), ("withdraw", _("Stop my idea"))),
    "running": (("withdraw", _("Stop my idea")),),
    "not_now": (("again", _("Send it again")),),
    "cannot": (("again", _("Send it again")),),
    "expired": (("again", _("Send it again")),),
}
"""What its owner can do, in each state: a button → its label."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a step says to its owner; `heard`: whether it is on its way. Who made the step themselves is answered so."""

    said: list[Words]
    actions: list[Action]
    heard: bool


async def make_step(work: Work, name: str, by: Person | None, idea: Idea, **facts: Value | None) -> Made:
    """Make a step: its state, its line in the history, its promise, and what its owner reads.

    `by`: None for what the bot does itself. `facts`: what the step needs and says; "note" goes into the history in
    place of "words". Raises `NotAllowed`, `TooLate`; ValueError where something is missing that the step needs.
    """
    await must_be_ready(work, name, by, idea)
    step = STEPS[name]
    for need in step.needs:
        if not any(facts.get(fact) for fact in need.split("|")):
            raise ValueError(f"{name} needs {need}")
    noted = facts.pop("note", None) or facts.get("words") or facts.get("where") or ""
    idea.state = step.after
    idea.waits_since = work.now if step.after in WAITS else None
    work.note(idea.code, name, by.resident if by else None, str(noted))
    day = facts.get("day")
    facts.setdefault("command", IDEA)
    _plan(work, idea, step, day)
    if step.promise == "made" and isinstance(day, date):
        idea.answer_by = day
        await promises.promise_answer(work, idea.code, day, idea.contact_id)
    elif step.promise == "kept":
        await promises.settle(work, idea.code)
    elif step.promise == "dropped":
        await promises.drop(work, idea.code)
    return await _tell_owner(work, step, by, idea, facts)


async def must_be_ready(work: Work, name: str, by: Person | None, idea: Idea) -> None:
    """Lock the idea for this transaction, as it is now. Raises `NotAllowed`, `TooLate` where there is no such step."""
    await work.session.flush()
    await work.session.refresh(idea, with_for_update=True)
    if not await may(work, name, by, idea):
        raise await not_allowed(work, name, by, idea)
    if idea.state not in STEPS[name].before:
        raise await team.too_late(work, by, idea.code, STATE_NAMES[idea.state])


async def may(work: Work, name: str, by: Person | None, idea: Idea) -> bool:
    """Whether this person (None: the bot itself) may make the step, whatever state it begins from."""
    who = STEPS[name].who
    if by is None:
        counted = _panel_decides(work) and idea.advice == "award" and await is_for_panel(work, idea)
        return Who.BOT in who and (name != "award" or counted)
    if Who.OWNER in who and await is_owner(work, by, idea):
        return True
    if by.resident.id == idea.resident_id:
        return False  # what the office and the panel say of an idea of their own, a colleague says
    if Who.OFFICE in who and team.may_work_on(by, idea) and (name != "answer" or not await is_for_panel(work, idea)):
        return True
    if Who.PANEL in who and by.is_one_of(panel_members.PANEL):
        return True
    if Who.COORDINATOR in who and by.is_one_of(COORDINATORS):
        return True
    return Who.DECIDER in who and await decides(work, name, by, idea)


async def decides(work: Work, name: str, by: Person, idea: Idea) -> bool:
    """Whether it is this person who says so now, yes or no: what the panel's votes have left to them, or all of it."""
    if not await is_for_panel(work, idea):
        return by.is_one_of(COORDINATORS)
    if await panel_votes.is_involved(work, idea, by.resident.id):
        return False
    if _panel_decides(work):
        return by.chairs and by.is_one_of(panel_members.PANEL) and name in left_to_chair(idea)
    return by.is_one_of(COORDINATORS) and idea.advice in ("award", "not_now")


def left_to_chair(idea: Idea) -> list[str]:
    """What the chair can enter where the panel decides: what its votes say, or any of it after the meeting."""
    voted: dict[str, list[str]] = {"meeting": ["award", "not_now", "cannot"], "award": ["award"]}
    return {**voted, "not_now": ["not_now", "cannot"]}.get(idea.advice, [])


async def is_for_panel(work: Work, idea: Idea) -> bool:
    """Whether the panel is to judge it: it wants money or a place, and there is a panel."""
    return idea.wish in TAKES_ON_DUTIES and await panel_members.exists(work)


async def is_owner(work: Work, by: Person, idea: Idea) -> bool:
    """Whether it is theirs; what somebody without a phone had is looked after by staff."""
    if idea.resident_id is None:
        return False
    if idea.resident_id == by.resident.id:
        return True
    return team.may_work_on(by, idea) and await residents.person_of(work, idea.resident_id) is None


async def actions_of(work: Work, idea: Idea, person: Person | None = None) -> dict[str, Words]:
    """What can be done with it as it stands, by this person; without one, by anybody of the office."""
    found = {}
    for name, label in ACTIONS.items():
        if idea.state not in STEPS[name].before:
            continue
        if person is not None:
            allowed = await may(work, name, person, idea)
        elif name == "answer":
            allowed = not await is_for_panel(work, idea)
        elif Who.DECIDER in STEPS[name].who:
            in_hand = idea.advice in ("award", "not_now") and not _panel_decides(work)
            allowed = in_hand or not await is_for_panel(work, idea)
        else:
            allowed = Who.OFFICE in STEPS[name].who
        if allowed:
            found[name] = label
    return found


async def not_allowed(work: Work, name: str, by: Person | None, idea: Idea) -> NotAllowed:
    """What to raise for who may not make this step: in words for who may know why."""
    attempt = f"{idea.code}.{name}"
    if by is None or not (by.is_staff or by.is_one_of(panel_members.PANEL)):
        return NotAllowed(attempt)
    if by.is_staff and not team.may_work_on(by, idea):
        return NotAllowed(
            attempt, s_("{code} is for colleagues: you work on another neighbourhood or topic.", code=idea.code)
        )
    if Who.DECIDER in STEPS[name].who or name == "answer":
        if not await is_for_panel(work, idea):
            return NotAllowed(attempt, s_("{code}: a coordinator decides about this one.", code=idea.code))
        if await panel_votes.is_involved(work, idea, by.resident.id):
            return NotAllowed(attempt, s_("You are involved, so you don't judge this one."))
        if not idea.advice:
            return NotAllowed(attempt, s_("{code}: the panel looks at this one first.", code=idea.code))
        if _panel_decides(work):
            return NotAllowed(attempt, s_("{code}: only the panel's chair enters what was decided.", code=idea.code))
        if idea.advice == "meeting":
            return NotAllowed(attempt, s_("{code}: the panel's meeting advises first.", code=idea.code))
        return NotAllowed(attempt, s_("{code}: a coordinator decides about this one.", code=idea.code))
    return NotAllowed(attempt)


def stamp(moment: datetime) -> str:
    """A moment as the occasion of a row of `due` holds it."""
    return f"{moment.astimezone(UTC):%Y%m%d%H%M%S%f}"


def remind(work: Work, idea: Idea, time: int) -> None:
    """See to the next reminder (1 and 2) or to closing (3), while it waits for its owner."""
    if idea.waits_since is not None:
        at = work.now + work.area.ideas.remind_after
        work.session.add(Due(what=REMIND, subject=idea.code, occasion=f"{time} {stamp(idea.waits_since)}", at=at))


def _plan(work: Work, idea: Idea, step: Step, day: Value | None) -> None:
    """See to what follows by itself: reminders of what waits for its owner, the day to ask again."""
    if step.after in WAITS:
        remind(work, idea, 1)
    if step.needs == NO_NEEDS and isinstance(day, date):
        at = promises.morning(work, day)
        work.session.add(Due(what=AGAIN_FROM, subject=idea.code, occasion=stamp(work.now), at=at))


def _panel_decides(work: Work) -> bool:
    return work.area.panel.decides == "panel"


async def _tell_owner(work: Work, step: Step, by: Person | None, idea: Idea, facts: dict[str, Value | None]) -> Made:
    said = say(step.says, idea.code, facts)
    actions = [Action(label, f"{idea.code}.{what}") for what, label in step.buttons]
    owner = await residents.person_of(work, idea.resident_id) if idea.resident_id is not None else None
    if owner is None or (by is not None and owner.resident.id == by.resident.id):
        return Made(said, actions, heard=owner is not None)
    work.tell(owner.chat, said, Lane.NOTICE, actions=actions, subject=idea.code)
    return Made(said, actions, heard=True)
