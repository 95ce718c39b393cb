"""`Talk`: what a flow speaks through.

A flow is a straight-line coroutine. At every input it runs from the top; a question that was answered hands back its
answer, the first that was not stops the run. What it returns, a dataclass, is what the bot then acts on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

from conversations import questions as ask
from conversations.questions import At, Json, Line, Misfit, Option, Question, Told
from conversations.words import Words

Answer = TypeVar("Answer")
SKIPPED = {"skipped": True}


@dataclass(frozen=True, slots=True)
class Place:
    """What flows know of the area: labels and keys, no rules."""

    organisation: Words
    topics: Sequence[Option]
    neighbourhoods: Sequence[Option]


@dataclass(frozen=True)
class Request:
    """A look-up: what is wanted, answered by the bot with a value that JSON can hold."""

    def read(self, found: Json) -> Any:
        """The look-up's result from that value. Raises `Misfit` when its shape is another."""
        raise NotImplementedError


@dataclass(slots=True)
class Said:
    """All that a conversation has heard so far; the JSON document that is stored."""

    answers: dict[str, Json] = field(default_factory=dict)
    looked_up: dict[str, Json] = field(default_factory=dict)
    albums: dict[str, str] = field(default_factory=dict)
    last_tap: list[Any] = field(default_factory=list)


class Stop(BaseException):
    """Ends a run of a flow; a BaseException, so that no flow can swallow it."""


class Asked(Stop):
    """The flow waits for an answer to this question."""

    def __init__(self, question: Question[Any]) -> None:
        self.question = question


class LookedUp(Stop):
    """The flow waits for something that only the bot can look up."""

    def __init__(self, name: str, request: Request) -> None:
        self.name = name
        self.request = request


class FlowError(Exception):
    """A flow was written wrongly."""


class Talk:
    """One run of a flow over what was said before. No awaiting of anything but `Talk` itself inside a flow."""

    def __init__(self, said: Said, area: Place) -> None:
        self.area = area
        self.trail: list[Question[Any]] = []
        self._said = said

    async def choose(
        self,
        name: str,
        prompt: Words | Sequence[Words],
        choices: Sequence[Option],
        *,
        skippable: bool = False,
        columns: int = 1,
        pictures: Sequence[str] = (),
        languages: bool = False,
    ) -> str | None:
        """The key of the choice that was tapped or typed; None when skipped."""
        return await self._ask(
            ask.Choice(
                name=name,
                prompt=_lines(prompt),
                choices=choices,
                skippable=skippable,
                columns=columns,
                pictures=pictures,
                languages=languages,
            )
        )

    async def yes(self, name: str, prompt: Words | Sequence[Words], *, pictures: Sequence[str] = ()) -> bool:
        """Whether the answer was yes."""
        return bool(await self._ask(ask.YesNo(name=name, prompt=_lines(prompt), pictures=pictures)))

    async def tell(
        self, name: str, prompt: Words | Sequence[Words], *, skippable: bool = False, photo: bool = False
    ) -> Told | None:
        """What was told, typed or spoken (or with a photo); None when skipped."""
        return await self._ask(ask.Tell(name=name, prompt=_lines(prompt), skippable=skippable, photo=photo))

    async def place(self, name: str, prompt: Words | Sequence[Words], *, skippable: bool = False) -> At | None:
        """Where it is; None when skipped."""
        return await self._ask(ask.Place(name=name, prompt=_lines(prompt), skippable=skippable))

    async def photos(self, name: str, prompt: Words | Sequence[Words]) -> list[str]:
        """File ids of the photos, in order; empty when skipped."""
        return await self._ask(ask.Photos(name=name, prompt=_lines(prompt), skippable=True)) or []

    async def number(self, name: str, prompt: Words | Sequence[Words], *, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        return await self._must(ask.Number(name=name, prompt=_lines(prompt), least=least, most=most))

    async def day(self, name: str, prompt: Words | Sequence[Words]) -> Any:
        """A day from today on (a `date`)."""
        return await self._must(ask.Day(name=name, prompt=_lines(prompt)))

    async def moment(self, name: str, prompt: Words | Sequence[Words]) -> Any:
        """A day and time on the area's clock (a `datetime` without a zone)."""
        return await self._must(ask.Moment(name=name, prompt=_lines(prompt)))

    async def confirm(self, prompt: Words | Sequence[Words], lines: Sequence[Line], send: Words | None = None) -> None:
        """Show everything once more; go on when the person says so."""
        question = ask.Confirmation(name="confirm", prompt=_lines(prompt), lines=lines)
        await self._ask(question if send is None else replace(question, send=send))

    def given(self, name: str) -> Json:
        """What the conversation was opened with under this name: never asked, always there."""
        try:
            return self._said.answers[name]
        except KeyError as error:
            raise FlowError(f"nothing was given as {name!r}") from error

    async def look_up(self, name: str, request: Request) -> Any:
        """What the bot found for the request; kept, and looked up anew when the request changes."""
        kept = self._said.looked_up.get(name)
        if kept is not None and kept["print"] == fingerprint(request):
            try:
                return request.read(kept["found"])
            except Misfit:
                pass
        raise LookedUp(name, request)

    async def _ask(self, question: Question[Answer]) -> Answer | None:
        if any(question.name == asked.name for asked in self.trail):
            raise FlowError(f"{question.name!r} is asked twice")
        self.trail.append(question)
        stored = self._said.answers.get(question.name)
        if stored is not None:
            if stored == SKIPPED and question.skippable:
                return None
            try:
                return question.restore(stored)
            except Misfit:
                pass
        raise Asked(question)

    async def _must(self, question: Question[Answer]) -> Answer:
        answer = await self._ask(question)
        assert answer is not None  # noqa: S101 - only a skippable question gives None
        return answer


Flow = Callable[[Talk], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Asks:
    """The flow waits for this answer; `trail` holds the questions of this run, the open one last."""

    question: Question[Any]
    trail: Sequence[Question[Any]]


@dataclass(frozen=True, slots=True)
class Wants:
    """The flow waits for a look-up."""

    name: str
    request: Request


@dataclass(frozen=True, slots=True)
class Ends:
    """The flow returned this."""

    result: Any


def play(flow: Flow, said: Said, area: Place) -> Asks | Wants | Ends:
    """Run a flow from the top over what was said. Raises `FlowError` when it awaits anything but its talk."""
    talk = Talk(said, area)
    running = flow(talk).__await__()
    try:
        next(running)
    except StopIteration as end:
        return Ends(end.value)
    except Asked as stop:
        return Asks(stop.question, talk.trail)
    except LookedUp as stop:
        return Wants(stop.name, stop.request)
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
    return Said(
        answers=dict(document.get("answers", {})),
        looked_up=dict(document.get("looked_up", {})),
        albums=dict(document.get("albums", {})),
        last_tap=list(document.get("last_tap", [])),
    )


def _lines(prompt: Words | Sequence[Words]) -> Sequence[Words]:
    return prompt if isinstance(prompt, list | tuple) else (prompt,)
