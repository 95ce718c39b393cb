"""What members of the panel said of an idea, read and counted: each rule, and their votes. All weigh the same.

Whoever was on the panel when they said it counts, also when they have left it since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from bot.neighbourhood import idea_rules, panel_members
from bot.neighbourhood.work import Work
from bot.store.tables import Due, Idea, RuleCheck, Vote

FOR, AGAINST, INVOLVED = "for", "against", "involved"
VOTES = (FOR, AGAINST, INVOLVED)
VERDICTS = ("yes", "no", "unsure")
VOTES_OVER = "idea_votes"
"""The row of `due` that counts the votes when their time is over."""
LOOK_AT_EACH = 2
"""So many members look at each rule, or all where the panel is smaller."""


@dataclass(frozen=True, slots=True)
class Count:
    """An idea's votes; `waiting`: members who haven't voted yet. Who is involved is out of the count."""

    yes: int
    no: int
    involved: int
    waiting: int


async def votes_of(work: Work, idea: Idea) -> dict[int, str]:
    """Who voted what, by the number of the resident (below zero: somebody who was forgotten)."""
    await work.session.flush()
    found = select(Vote.member, Vote.vote).where(Vote.idea_id == idea.id).order_by(Vote.at, Vote.member)
    return {row[0]: row[1] for row in await work.session.execute(found)}


async def is_involved(work: Work, idea: Idea, member: int) -> bool:
    """Whether this member said that they are involved, so that others judge the idea."""
    return (await votes_of(work, idea)).get(member) == INVOLVED


async def count(work: Work, idea: Idea) -> Count:
    """The votes as they stand."""
    votes = await votes_of(work, idea)
    said = list(votes.values())
    waiting = [seat for seat in await panel_members.seats(work) if seat.number not in votes]
    return Count(said.count(FOR), said.count(AGAINST), said.count(INVOLVED), len(waiting))


async def open_until(work: Work, idea: Idea) -> datetime | None:
    """Until when members can vote; None where no vote is open."""
    return await work.session.scalar(select(Due.at).where(Due.what == VOTES_OVER, Due.subject == idea.code))


async def verdicts_of(work: Work, idea: Idea) -> dict[str, dict[int, str]]:
    """What was said of each rule, and by whom; who is involved is left out."""
    votes = await votes_of(work, idea)
    found: dict[str, dict[int, str]] = {rule.key: {} for rule in idea_rules.rules_of(work, idea)}
    for check in await work.session.scalars(select(RuleCheck).where(RuleCheck.idea_id == idea.id)):
        if check.rule in found and votes.get(check.member) != INVOLVED:
            found[check.rule][check.member] = check.verdict
    return found


async def looks_needed(work: Work, idea: Idea) -> int:
    """How many members have to look at each rule."""
    votes = await votes_of(work, idea)
    free = [seat for seat in await panel_members.seats(work) if votes.get(seat.number) != INVOLVED]
    return min(LOOK_AT_EACH, max(1, len(free)))


def outcome(said: dict[int, str], needed: int) -> str:
    """What a rule's verdicts come to: "yes", "open", or "meeting" where not all are sure that it is met."""
    if len(said) < needed:
        return "open"
    return "yes" if set(said.values()) == {"yes"} else "meeting"


async def let_go_of(work: Work, number: int) -> None:
    """A member was forgotten: what they said stays counted, as somebody's of whom nothing is known."""
    for table in (Vote, RuleCheck):
        theirs = select(table.idea_id).where(table.member == number).distinct()
        for idea_id in list(await work.session.scalars(theirs)):
            least = select(func.min(table.member)).where(table.idea_id == idea_id)
            nobody = min(await work.session.scalar(least) or 0, 0) - 1
            mine = (table.idea_id == idea_id, table.member == number)
            await work.session.execute(update(table).where(*mine).values(member=nobody))


async def rule_to_check(work: Work, idea: Idea, member: int) -> str | None:
    """The rule that this member is to look at next; None where others have done so, or they have."""
    needed = await looks_needed(work, idea)
    for rule, said in (await verdicts_of(work, idea)).items():
        if member not in said and len(said) < needed:
            return rule
    return None
