"""What neighbours said of an idea, counted. Of fewer than five people nothing is shown apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from bot.neighbourhood.work import Work
from bot.store.tables import Consultation, Idea, Opinion
from conversations.words import Words, _, s_

FEWEST = 5
"""What fewer people said is not shown apart, nor to be reckoned from what is."""
OPEN, CLOSED = "open", "closed"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many are for, against, or don't know."""

    yes: int = 0
    no: int = 0
    unknown: int = 0

    @property
    def people(self) -> int:
        """How many said something."""
        return self.yes + self.no + self.unknown

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.yes + other.yes, self.no + other.no, self.unknown + other.unknown)


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of asking about an idea; `by_place`: by the code of a neighbourhood."""

    say: str
    is_open: bool
    closes_at: datetime
    whole: Counts
    by_place: dict[str, Counts]

    @property
    def decision(self) -> str:
        """ "for" or "against" where the neighbours decide and most are of one mind; else empty."""
        if self.say != "decide" or self.is_open or self.whole.yes == self.whole.no:
            return ""
        return "for" if self.whole.yes > self.whole.no else "against"


async def latest(work: Work, idea: Idea) -> Consultation | None:
    """The last time that the neighbourhood was asked about it."""
    await work.session.flush()
    query = select(Consultation).where(Consultation.idea_id == idea.id).order_by(Consultation.id.desc()).limit(1)
    found: Consultation | None = await work.session.scalar(query)
    return found


async def result_of(work: Work, idea: Idea) -> Tally | None:
    """What neighbours said of it so far; None where they were never asked."""
    asked = await latest(work, idea)
    return await tally(work, asked) if asked is not None else None


async def tally(work: Work, asked: Consultation) -> Tally:
    """What neighbours said, counted."""
    await work.session.flush()
    query = (
        select(Opinion.neighbourhood, Opinion.opinion, func.count())
        .where(Opinion.consultation_id == asked.id)
        .group_by(Opinion.neighbourhood, Opinion.opinion)
    )
    places: dict[str, Counts] = {}
    for place, opinion, count in await work.session.execute(query):
        more = Counts(*(count if opinion == each else 0 for each in ("for", "against", "unknown")))
        places[place or ""] = places.get(place or "", Counts()) + more
    whole = sum(places.values(), Counts())
    return Tally(asked.say, asked.state == OPEN, asked.closes_at, whole, places)


def apart(found: Tally) -> tuple[dict[str, Counts], Counts | None]:
    """What may be shown of each neighbourhood, and of all others together: nothing of fewer than five people."""
    shown = dict(sorted(found.by_place.items(), key=lambda each: -each[1].people))
    rest = Counts()
    for place in [each for each, counts in shown.items() if counts.people < FEWEST or not each]:
        rest += shown.pop(place)
    while shown and 0 < rest.people < FEWEST:  # else it could be reckoned from the whole
        rest += shown.popitem()[1]
    if not shown or (len(shown) == 1 and not rest.people):
        return {}, None
    return shown, rest if rest.people else None


def in_words(found: Tally) -> Words:
    """The whole, for every reader."""
    if not found.whole.people:
        return _("Nobody has said anything.")
    whole = found.whole
    return _("For: {yes}. Against: {no}. Don't know: {unknown}.", yes=whole.yes, no=whole.no, unknown=whole.unknown)


async def on_card(work: Work, idea: Idea) -> list[Words]:
    """For the panel and the office: how far it is, or what neighbours said; and decided, where that was their say."""
    found = await result_of(work, idea)
    if found is None:
        return []
    if found.is_open:
        said = s_("Neighbours can say what they think until {moment}.", moment=found.closes_at)
        return [said, s_("So many have done so: {count}.", count=found.whole.people)]
    lines: list[Words] = [s_("Neighbours said this:"), in_words(found)]
    match found.say, found.decision:
        case "decide", "for":
            lines.append(s_("They decide, and most are for it: it is a yes."))
        case "decide", "against":
            lines.append(s_("They decide, and most are against it: it is a no."))
        case "decide", _:
            lines.append(s_("They decide, but as many are for as against."))
        case "advise", _:
            lines.append(s_("They advise."))
        case _:
            lines.append(s_("They think along."))
    return lines
