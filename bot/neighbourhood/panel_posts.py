"""The card on which each member of the panel looks at an idea and votes; it changes as long as the idea goes on."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from bot.neighbourhood import heard, idea_rules, idea_steps, opinions, panel_votes, staff_rooms
from bot.neighbourhood.complaints import photos_of
from bot.neighbourhood.panel_members import Seat, seats
from bot.neighbourhood.work import Work
from bot.outbox import posts
from bot.outbox.letters import Bold, Button, Letter, letters
from bot.store.tables import Chat, Idea, Post
from conversations.words import Money, Words, s_

OF_WORDS, OF_AN_ANSWER = 1000, 300
"""So many characters of the idea, and of each answer about it, stand on the card."""
VERDICT_NAMES: dict[str, Words] = {"yes": s_("Yes"), "no": s_("No"), "unsure": s_("Not sure")}
VOTE_NAMES: dict[str, Words] = {"for": s_("For"), "against": s_("Against"), "involved": s_("I'm involved")}
WISH_NAMES: dict[str, Words] = {
    "money": s_("money"),
    "place": s_("a place"),
    "advice": s_("advice"),
    "know": s_("only that we know"),
}
Rows = list[list[tuple[str, Words]]]
"""Buttons, row by row: what each does, its label."""


def subject(idea: Idea) -> str:
    """What the post about an idea is called, in a member's chat."""
    return f"{idea.code} panel"


async def put(work: Work, idea: Idea, seat: Seat, chat: Chat, *, anew: bool = False) -> None:
    """Show a member the card as it stands; `anew`: as a new message."""
    letter = await _card(work, idea, seat, chat.language)
    letter.content.update(staff_rooms.quietly(work))
    await posts.put(work.session, chat.id, subject(idea), letter, work.now, anew=anew)


async def refresh(work: Work, idea: Idea) -> None:
    """Bring the cards up to date that members have of it; who left the panel keeps theirs as it was."""
    shown = set(await work.session.scalars(select(Post.chat_id).where(Post.subject == subject(idea))))
    for seat in await seats(work):
        if seat.chat is not None and seat.chat.id in shown:
            await put(work, idea, seat, seat.chat)


def facts(work: Work, idea: Idea) -> list[Words]:
    """What an idea is, for who judges it: nothing tells whose it is."""
    place = work.area.neighbourhood(idea.neighbourhood) if idea.neighbourhood else None
    amount = s_("Asks for: {amount}", amount=Money(idea.amount_cents)) if idea.amount_cents else ""
    said: list[Words] = [
        staff_rooms.short(idea.words, OF_WORDS) or s_("(no words: see the photo, or listen)"),
        *heard.shown(idea),
        _line(idea, "whom", s_("For: {words}", words=_short(idea.whom))),
        _line(idea, "together", s_("With: {words}", words=_short(idea.together))),
        _line(idea, "behind", s_("Behind it: {words}", words=_short(idea.behind))),
        _line(idea, "neighbours", s_("Neighbours: {words}", words=_short(idea.neighbours))),
        s_("Wants: {wish}", wish=WISH_NAMES[idea.wish]) if idea.wish in WISH_NAMES else "",
        amount or (s_("Costs about: {amount}", amount=_short(idea.amount)) if idea.amount else ""),
        s_("In: {place}", place=place.name) if place else "",
    ]
    return [each for each in said if each]


def _line(idea: Idea, name: str, words: Words) -> Words:
    """What was said, or that it was spoken; nothing where it wasn't asked."""
    if getattr(idea, name):
        return words
    return s_("There is more: listen to it.") if name in idea.spoken else ""


def _short(words: str) -> str:
    return staff_rooms.short(" ".join(words.split()), OF_AN_ANSWER)


async def _card(work: Work, idea: Idea, seat: Seat, language: str) -> Letter:
    head = s_("{code} · for the panel · {state}", code=idea.code, state=idea_steps.STATE_NAMES[idea.state])
    mine = (await panel_votes.votes_of(work, idea)).get(seat.number)
    said, rows = await _turn_of(work, idea, seat, mine)
    said += await opinions.on_card(work, idea)
    asked = await opinions.latest(work, idea)
    if asked is not None and asked.state == opinions.CLOSED:
        rows.append([("says", s_("Why neighbours say so"))])
    elif asked is None and idea.state == "checked" and not idea.advice and idea.resident_id != seat.number:
        rows.append([("consult", s_("Ask the neighbourhood"))])
    if await _has_files(work, idea):
        rows.append([("files", s_("Photos and voice"))])
    paragraphs = [work.render(each, language) for each in (head, *facts(work, idea), *said)]
    buttons = [[Button(work.render(label, language), f"{idea.code}.{does}") for does, label in row] for row in rows]
    bold: Sequence[str] = [Bold(paragraphs[0]), *paragraphs[1:]]
    (letter,) = letters(bold, buttons)
    return letter


async def _turn_of(work: Work, idea: Idea, seat: Seat, mine: str | None) -> tuple[list[Words], Rows]:
    """What this member is asked now, with its buttons; or how it stands."""
    involved: Rows = [] if mine == panel_votes.INVOLVED else [[("v.involved", VOTE_NAMES["involved"])]]
    if idea.advice or idea.state not in ("received", "checked"):
        return await _outcome(work, idea, seat, is_involved=mine == panel_votes.INVOLVED)
    if mine == panel_votes.INVOLVED:
        stays_out = idea.resident_id == seat.number or idea.state == "received"
        out = s_("You are involved, so you don't judge this one.")
        return ([out], []) if stays_out else ([out, s_("A mistake? Then vote after all.")], _votes())
    if idea.state == "received":
        rule = await panel_votes.rule_to_check(work, idea, seat.number)
        if rule is None:
            done: list[Words] = [s_("You have looked at the rules. Others look at them too.")]
            return done, [*_own_rules(await _my_rules(work, idea, seat)), *involved]
        said, rows = rule_question(work, idea, rule)
        return said, [*rows, *involved]
    until = await panel_votes.open_until(work, idea)
    lines: list[Words] = [s_("It fits the rules. What is your vote?")]
    if mine is not None:
        lines = [s_("Your vote: {vote}. Others don't see it until all are counted.", vote=VOTE_NAMES[mine])]
    lines += [s_("Voting is open until {moment}.", moment=until)] if until else []
    return lines, [*_votes(), *involved]


def rule_question(work: Work, idea: Idea, key: str) -> tuple[list[Words], Rows]:
    """A rule, asked of one member."""
    rules = list(idea_rules.rules_of(work, idea))
    place = next((at for at, rule in enumerate(rules) if rule.key == key), 0)
    head = s_("Rule {number} of {count}. Does the idea fit it?", number=place + 1, count=len(rules))
    buttons = [(f"r.{key}.{verdict}", label) for verdict, label in VERDICT_NAMES.items()]
    return [head, work.local(rules[place].words)], [buttons]


def _votes() -> Rows:
    return [[(f"v.{vote}", VOTE_NAMES[vote]) for vote in ("for", "against")]]


async def _my_rules(work: Work, idea: Idea, seat: Seat) -> list[str]:
    said = await panel_votes.verdicts_of(work, idea)
    return [key for key, verdicts in said.items() if seat.number in verdicts]


def _own_rules(keys: list[str]) -> Rows:
    """A button to look at the rules again that this member has answered."""
    return [[("rules", s_("Look at the rules again"))]] if keys else []


async def _outcome(work: Work, idea: Idea, seat: Seat, *, is_involved: bool) -> tuple[list[Words], Rows]:
    """How it ended, or who has the next word; and what the chair enters."""
    said: list[Words] = []
    votes = await panel_votes.count(work, idea)
    if idea.advice and (votes.yes or votes.no):
        said.append(
            s_("For: {yes}. Against: {no}. Involved: {involved}.", yes=votes.yes, no=votes.no, involved=votes.involved)
        )
    rows: Rows = []
    decided = idea.state not in ("received", "checked")
    if not decided and idea.advice == "meeting":
        said.append(s_("The meeting talks about it. The chair enters what it says."))
    elif not decided and work.area.panel.decides == "advises":
        said.append(s_("A coordinator decides now, with your advice."))
    elif not decided:
        said.append(s_("The chair enters the rest."))
    if seat.chairs and not decided and not is_involved and seat.number != idea.resident_id:
        if work.area.panel.decides == "panel":
            names = idea_steps.left_to_chair(idea)
            rows += [[(name, idea_steps.ACTIONS[name])] for name in names]
        elif idea.advice == "meeting":
            rows.append([("meeting", s_("What the meeting says"))])
    if idea.answer:
        said.append(s_("Our answer: {answer}", answer=_short(idea.answer)))
    if idea.awarded_cents:
        said.append(s_("Awarded: {amount}", amount=Money(idea.awarded_cents)))
    if idea.advice:
        rows.append([("votes", s_("Who said what"))])
    return said, rows


async def _has_files(work: Work, idea: Idea) -> bool:
    return bool(idea.voice or idea.spoken or await photos_of(work, idea.code))
