"""The life of a complaint as one table: from which state to which, who may, what it needs, what its reporters read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from bot.neighbourhood import reporters, spoken, team
from bot.neighbourhood.work import NotAllowed, Person, Work
from bot.store.tables import Complaint
from conversations.words import Text, Value, Words, _

FACT = ""
"""Stands in a sentence of the table for what is known only when the step is made."""
DIFFERENTLY = _("Do you see it differently? Just write to us here.")
BY_THEN = _("You hear from us no later than {day}.", day=FACT)
OPEN_STATES = frozenset({"received", "taken", "passed_on", "planned", "reopened"})
STATE_NAMES: dict[str, Text] = {
    "received": _("received"),
    "taken": _("somebody is on it"),
    "passed_on": _("passed on"),
    "planned": _("planned"),
    "solved": _("solved, still to be checked"),
    "confirmed": _("solved"),
    "reopened": _("not solved yet"),
    "cannot": _("can't be done"),
    "not_ours": _("belongs elsewhere"),
    "same": _("goes on with another report"),
    "withdrawn": _("no longer needed"),
    "closed": _("closed without an answer"),
}
"""What every reader is told of a state. Only what a reporter confirmed is called solved without more."""


Says = tuple[Text | str, ...]
LATE: Says = (
    _("{code}: we promised an answer by {before}. It isn't there yet. Sorry.", code=FACT, before=FACT),
    _("We don't know yet when it will be done."),
    BY_THEN,
)
"""What reporters read when the day of an answer has passed, which changes no state."""


class Who(Enum):
    """Who may make a step."""

    OFFICE = "staff and coordinators"
    REPORTER = "who reported it; for somebody without a phone, staff"
    TIME = "nobody: the bot itself, when a day has passed"


@dataclass(frozen=True, slots=True)
class Step:
    """A change of state. `needs`: facts without which it is not made ("why|words": one of the two).

    `stays`: those of `before` from which the state stays as it is.
    `says`: what each reporter reads, but for who made the step: they are answered where they made it. A plain word
    names a fact that is said as it is; a sentence that mentions a fact which isn't there is left out.
    """

    before: frozenset[str]
    after: str
    who: Who
    says: Says
    needs: tuple[str, ...] = ()
    stays: frozenset[str] = frozenset()


STEPS: dict[str, Step] = {
    "take": Step(
        OPEN_STATES,
        "taken",
        Who.OFFICE,
        (_("{code}: somebody is on it now.", code=FACT), _("It is planned for {day}.", day=FACT)),
        stays=frozenset({"planned"}),
    ),
    "pass_on": Step(
        OPEN_STATES,
        "passed_on",
        Who.OFFICE,
        (
            _("{code}: we passed this on to {whom}.", code=FACT, whom=FACT),
            _("We promised {before}. That day doesn't hold any more. Sorry.", before=FACT),
            BY_THEN,
        ),
        ("whom", "day"),
    ),
    "plan": Step(
        OPEN_STATES,
        "planned",
        Who.OFFICE,
        (
            _("{code}: planned for {day}.", code=FACT, day=FACT),
            _("We said {before} first. Sorry that it is another day.", before=FACT),
            "words",
        ),
        ("day",),
    ),
    "solve": Step(
        OPEN_STATES,
        "solved",
        Who.OFFICE,
        (
            _("{code}: this has been done.", code=FACT),
            "words",
            _("On {day} I ask you whether it's really solved.", day=FACT),
        ),
        ("words", "day"),
    ),
    "cannot": Step(
        OPEN_STATES,
        "cannot",
        Who.OFFICE,
        (_("{code}: sorry, this can't be done.", code=FACT), "why", "words", DIFFERENTLY),
        ("why|words",),
    ),
    "not_ours": Step(
        OPEN_STATES,
        "not_ours",
        Who.OFFICE,
        (
            _("{code}: sorry, we can't do this ourselves.", code=FACT),
            _("You can go here: {where}", where=FACT),
            DIFFERENTLY,
        ),
        ("where",),
    ),
    "same": Step(
        OPEN_STATES,
        "same",
        Who.OFFICE,
        (
            _("{code}: this is the same as {other}. We go on with that one.", code=FACT, other=FACT),
            _("This is how {other} stands: {state}.", other=FACT, state=FACT),
            _("You hear everything about it too. You needn't do anything."),
        ),
        ("other",),
    ),
    "apart": Step(
        frozenset({"same"}),
        "received",
        Who.OFFICE,
        (
            _("{code}: this isn't the same as {other} after all. Sorry, we go on with it.", code=FACT, other=FACT),
            BY_THEN,
        ),
        ("other", "day"),
    ),
    "miss": Step(
        frozenset({"planned"}),
        "taken",
        Who.TIME,
        (
            _("{code}: we promised {before}. That didn't work out. Sorry.", code=FACT, before=FACT),
            _("We don't know yet when it will be done."),
            BY_THEN,
        ),
        ("before", "day"),
    ),
    "confirm": Step(
        frozenset({"solved", "closed"}),
        "confirmed",
        Who.REPORTER,
        (_("{code}: we heard that it's really solved.", code=FACT), DIFFERENTLY),
    ),
    "reopen": Step(
        frozenset({"solved", "confirmed", "closed"}),
        "reopened",
        Who.REPORTER,
        (_("{code}: it isn't really solved yet, we heard. We go on with it.", code=FACT), BY_THEN),
        ("day",),
    ),
    "withdraw": Step(OPEN_STATES | {"same"}, "withdrawn", Who.REPORTER, ()),
    "close": Step(
        frozenset({"solved"}),
        "closed",
        Who.TIME,
        (
            _("{code}: we don't know whether it's solved, so we close it.", code=FACT),
            _("Is something still wrong? Just write to us here."),
        ),
    ),
}


async def move(
    work: Work, complaint: Complaint, name: str, by: Person | None, noted: str, facts: Mapping[str, Value | None]
) -> Step:
    """Make a step, with its line in the history; saying it to the reporters is left to `complaints.py`.

    Raises `NotAllowed`, `TooLate`; ValueError where something is missing that the step needs.
    """
    step = STEPS[name]
    if step.who is not Who.TIME or by is not None:
        await _must_be_allowed(work, complaint, name, by)
    if complaint.state not in step.before:
        raise await team.too_late(work, by, complaint.code, STATE_NAMES[complaint.state])
    for need in step.needs:
        if not any(facts.get(fact) for fact in need.split("|")):
            raise ValueError(f"{name} needs {need}")
    complaint.state = complaint.state if complaint.state in step.stays else step.after
    work.note(complaint.code, name, by.resident if by else None, noted)
    return step


def say(says: Says, code: str, facts: Mapping[str, Value | None]) -> list[Words]:
    """What a reporter reads, who knows the complaint by this name: as `Step.says` tells."""
    known: dict[str, Value] = {name: value for name, value in facts.items() if value} | {"code": code}
    said: list[Words] = []
    for each in says:
        if isinstance(each, str):
            fact = known.get(each, "")
            said += [fact] if fact and isinstance(fact, Words) else []
        elif each.values.keys() <= known.keys():
            said.append(replace(each, values={name: known[name] for name in each.values}))
    return said


async def _must_be_allowed(work: Work, complaint: Complaint, name: str, by: Person | None) -> None:
    who, attempt = STEPS[name].who, f"{complaint.code}.{name}"
    if by is None or who is Who.TIME:
        raise NotAllowed(attempt)
    if who is Who.OFFICE:
        team.must_work_on(by, complaint, attempt)
    elif await reporters.of(work, by, complaint) is None and not (
        by.is_staff and await spoken.writers(work, complaint.code)
    ):
        raise NotAllowed(attempt)
