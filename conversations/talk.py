"""`Talk`: what a flow speaks through.

A flow is a straight-line coroutine. At every input it runs from the top; a question that was answered hands back its
answer, the first that was not stops the run. What it returns, a dataclass, is what the bot then acts on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Concatenate, ParamSpec, TypeVar

from conversations import questions
from conversations.amounts import Amount
from conversations.questions import Json, Line, Misfit, Option, Question
from conversations.words import Words

Answer = TypeVar("Answer")
Parameters = ParamSpec("Parameters")
SKIPPED = {"skipped": True}


@dataclass(frozen=True, slots=True)
class Place:
    """What flows know of the area: labels and keys, no rules."""

    organisation: Words
    topics: Sequence[Option]
    neighbourhoods: Sequence[Option]
    changed: Words = ""
    """What is new in the text that residents agree to."""
    languages: Sequence[Option] = ()
    duties: Words = ""
    """What who gets a yes to an idea takes on, a line each."""


@dataclass(frozen=True)
class Request:
    """A look-up: what is wanted, answered by the bot with a value that JSON can hold."""

    def read(self, found: Json) -> Any:
        """The look-up's result from that value. Raises `Misfit` when its shape is another."""
        raise NotImplementedError


@dataclass(slots=True)
class Said:
    """All that a conversation has heard so far; the JSON document that is stored.

    `put_by`: answers that are being changed, as they were. `shown`: the question with a long prompt that was shown
    last, and in which language. `chosen`: what was taken so far of several, by the question's name.
    """

    answers: dict[str, Json] = field(default_factory=dict)
    looked_up: dict[str, Json] = field(default_factory=dict)
    albums: dict[str, str] = field(default_factory=dict)
    last_tap: list[Any] = field(default_factory=list)
    put_by: dict[str, Json] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    chosen: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asks:
    """The flow waits for this answer; `trail` holds the questions of this run, the open one last."""

    question: Question[Any]
    trail: Sequence[Question[Any]]


@dataclass(frozen=True, slots=True)
class Wants:
    """The flow waits for something that only the bot can look up."""

    name: str
    request: Request


@dataclass(frozen=True, slots=True)
class Ends:
    """The flow returned this."""

    result: Any


class Stop(BaseException):
    """Ends a run of a flow, where it stands; a BaseException, so that no flow can swallow it."""

    def __init__(self, at: Asks | Wants) -> None:
        self.at = at


class FlowError(Exception):
    """A flow was written wrongly."""


def _asks(kind: Callable[Parameters, Question[Answer]]) -> Callable[Concatenate[Talk, Parameters], Awaitable[Answer]]:
    """A method of `Talk` that asks a question of this kind, with the question's own parameters."""

    async def ask(talk: Talk, /, *given: Parameters.args, **named: Parameters.kwargs) -> Answer:
        return await talk.ask(kind(*given, **named))

    return ask


class Talk:
    """One run of a flow over what was said before. A flow awaits nothing but its talk."""

    choose = _asks(questions.Choice)
    yes = _asks(questions.YesNo)
    tell = _asks(questions.Tell)
    place = _asks(questions.Place)
    photos = _asks(questions.Photos)
    number = _asks(questions.Number)
    day = _asks(questions.Day)
    moment = _asks(questions.Moment)

    def __init__(self, said: Said, area: Place) -> None:
        self.area = area
        self.trail: list[Question[Any]] = []
        self._said = said

    async def ask(self, question: Question[Answer]) -> Answer:
        """The answer that was given, or `nothing` of its kind when skipped; else stop here and ask."""
        if any(question.name == asked.name for asked in self.trail):
            raise FlowError(f"{question.name!r} is asked twice")
        self.trail.append(question)
        stored = self._said.answers.get(question.name)
        if stored is not None:
            with suppress(Misfit):
                skipped = stored == SKIPPED and question.skippable
                return question.nothing if skipped else question.restore(stored)
        raise Stop(Asks(question, self.trail))

    async def several(self, name: str, prompt: Words, choices: Sequence[Option]) -> list[str]:
        """The keys of those that were chosen, one at least."""
        return await self.ask(questions.Several(name, prompt, choices, chosen=self._said.chosen.get(name, [])))

    async def amount(self, name: str, prompt: Words | Sequence[Words], **named: Any) -> int:
        """An amount in whole cents; what may have been meant by what was typed last is offered."""
        offered = [int(cents) for cents in self._said.chosen.get(name, [])]
        return await self.ask(Amount(name, prompt, offered=offered, **named))

    async def if_wanted(self, question: Question[Answer]) -> Answer:
        """The answer to a question that is only asked when its button at the summary is tapped; else `nothing`."""
        if self.is_wanted(question.name) or self._said.answers.get(question.name) is not None:
            return await self.ask(question)
        nothing: Answer = question.nothing
        return nothing

    def is_wanted(self, name: str) -> bool:
        """Whether the button that asks this question anew was tapped just now."""
        return name in self._said.put_by

    async def confirm(self, prompt: Words, lines: Sequence[Line], send: Words = questions.SEND) -> None:
        """Show everything once more; go on when the person says so."""
        await self.ask(questions.Confirmation("confirm", prompt, lines, send))

    def given(self, name: str) -> Json:
        """What the conversation was opened with under this name: never asked, always there."""
        try:
            return self._said.answers[name]
        except KeyError as error:
            raise FlowError(f"nothing was given as {name!r}") from error

    def brought(self, name: str) -> Json:
        """What the conversation was opened with under this name, if anything: never asked."""
        return self._said.answers.get(name)

    async def look_up(self, name: str, request: Request) -> Any:
        """What the bot found for the request; kept, and looked up anew when the request changes."""
        kept = self._said.looked_up.get(name)
        if kept is not None and kept["print"] == fingerprint(request):
            with suppress(Misfit):
                return request.read(kept["found"])
        raise Stop(Wants(name, request))


Flow = Callable[[Talk], Awaitable[Any]]


def play(flow: Flow, said: Said, area: Place) -> Asks | Wants | Ends:
    """Run a flow from the top over what was said. Raises `FlowError` when it awaits anything but its talk."""
    talk = Talk(said, area)
    running = flow(talk).__await__()
    try:
        next(running)
    except StopIteration as end:
        return Ends(end.value)
    except Stop as stop:
        return stop.at
    raise FlowError("a flow awaits only its talk")


def fingerprint(request: Request) -> str:
    """The same for the same request; another as soon as an argument changes."""
    content = json.dumps([type(request).__name__, asdict(request)], sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def found(said: Said, wants: Wants, value: Json) -> None:
    """Keep what the bot found."""
    said.looked_up[wants.name] = {"print": fingerprint(wants.request), "found": value}


def to_json(said: Said) -> dict[str, Json]:
    """The document to store."""
    return asdict(said)


def from_json(document: Mapping[str, Json]) -> Said:
    """What was said, from a stored document; what this version doesn't know is ignored."""
    known = {each.name: document[each.name] for each in fields(Said) if each.name in document}
    return Said(**deepcopy(known))  # what is stored must be seen to change
