"""The panel's buttons on an idea: rules, votes, who said what; and what a decision's conversation begins with."""

from __future__ import annotations

import re

from sqlalchemy import select

from bot.neighbourhood import idea_rules, idea_steps, opinions, panel, panel_members, panel_posts, panel_votes
from bot.neighbourhood.complaints import photos_of
from bot.neighbourhood.panel_members import PANEL, Seat
from bot.neighbourhood.work import COORDINATORS, NotAllowed, Person, Work
from bot.outbox.letters import Button, letters, pictures, voice
from bot.store.tables import Idea, Resident
from bot.telegram.dialogues import Dialogues
from conversations.words import Words, s_

WHAT = re.compile(
    r"r\.([a-z][a-z0-9_]{0,15})(?:\.(yes|no|unsure))?|v\.(for|against|involved)|rules|votes|files|meeting"
)
"""Behind the idea's code: a rule to look at, what is said of it; a vote; and what else the card offers."""


def knows(what: str) -> bool:
    """Whether this is a button of the panel's."""
    return WHAT.fullmatch(what) is not None


def may_see_votes(person: Person) -> bool:
    """Who voted what is on record for the panel and coordinators."""
    return person.is_one_of(PANEL | COORDINATORS)


async def show(talk: Dialogues, idea: Idea) -> None:
    """Show a member their card, below all that was said since."""
    await panel_posts.put(talk.work, idea, await _seat(talk), talk.person.chat, anew=True)


async def step(talk: Dialogues, idea: Idea, what: str) -> bool:
    """A tap on the card. Raises `NotAllowed`, `TooLate`."""
    found = WHAT.fullmatch(what)
    if found is None:
        return False
    rule, verdict, vote = found.groups()
    if what == "votes":
        await _show_votes(talk, idea)
        return True
    await panel_members.must_sit(talk.work, talk.person, f"{idea.code}.{what}"[:40])
    if rule and rule not in {each.key for each in idea_rules.rules_of(talk.work, idea)}:
        return False
    if vote:
        await panel.vote(talk.work, talk.person, idea, vote)
    elif verdict:
        await panel.check(talk.work, talk.person, idea, rule, verdict)
    elif rule:
        _ask_rule(talk, idea, rule)
    elif what == "rules":
        await _show_own_rules(talk, idea)
    elif what == "files":
        await _show_files(talk, idea)
    else:
        await _begin_meeting(talk, idea)
    return True


async def _begin_meeting(talk: Dialogues, idea: Idea) -> None:
    """The chair enters what the meeting advises. Raises `NotAllowed`."""
    await panel.must_enter(talk.work, talk.person, idea)
    if idea.advice != panel.MEETING:
        raise NotAllowed(f"{idea.code}.meeting", s_("{code}: only the chair enters that.", code=idea.code))
    await talk.ask(await talk.open("meeting_idea", {"idea": idea.id}))


async def decision(work: Work, idea: Idea, what: str) -> dict[str, object]:
    """What the conversation in which somebody decides is opened with."""
    differs = await panel.is_otherwise(work, idea, what)
    asked = await opinions.latest(work, idea) is not None
    return {"money": idea.wish == "money", "advice": idea.advice, "differs": differs, "neighbours": asked}


async def how_it_stands(work: Work, idea: Idea) -> list[Words]:
    """For the office: how far the panel is with it."""
    if not await idea_steps.is_for_panel(work, idea) or idea.state not in ("received", "checked", "consulting"):
        return []
    votes = await panel_votes.count(work, idea)
    match idea.advice:
        case "meeting":
            return [s_("It goes to the panel's meeting.")]
        case "award":
            return [s_("The panel says yes: {yes} for, {no} against.", yes=votes.yes, no=votes.no)]
        case "not_now":
            return [s_("The panel says no: {yes} for, {no} against.", yes=votes.yes, no=votes.no)]
    return [s_("The panel looks at the rules.")] if idea.state == "received" else [s_("The panel votes.")]


async def _seat(talk: Dialogues) -> Seat:
    number = talk.person.resident.id
    for seat in await panel_members.seats(talk.work):
        if seat.number == number:
            return seat
    raise NotAllowed(f"R{number} panel")


def _ask_rule(talk: Dialogues, idea: Idea, rule: str) -> None:
    said, rows = panel_posts.rule_question(talk.work, idea, rule)
    _say(talk, idea, [s_("{code}, once more:", code=idea.code), *said], rows)


async def _show_own_rules(talk: Dialogues, idea: Idea) -> None:
    """What this member said of each rule, with a button to say something else."""
    number, work = talk.person.resident.id, talk.work
    said = await panel_votes.verdicts_of(work, idea)
    lines: list[Words] = []
    rows: panel_posts.Rows = []
    for place, rule in enumerate(idea_rules.rules_of(work, idea), 1):
        if (verdict := said.get(rule.key, {}).get(number)) is not None:
            name = panel_posts.VERDICT_NAMES[verdict]
            lines.append(s_("{number}. {rule} {verdict}", number=place, rule=work.local(rule.words), verdict=name))
            rows.append([(f"r.{rule.key}", s_("Change rule {number}", number=place))])
    _say(talk, idea, [s_("{code}: this is what you said.", code=idea.code), *lines], rows)


async def _show_votes(talk: Dialogues, idea: Idea) -> None:
    """Who said what, once it was counted: for the panel and coordinators."""
    if not may_see_votes(talk.person):
        raise NotAllowed(f"{idea.code}.votes")
    if not idea.advice:
        talk.say([s_("{code}: nobody sees a vote until all are counted.", code=idea.code)])
        return
    work = talk.work
    votes = await panel_votes.votes_of(work, idea)
    verdicts = await panel_votes.verdicts_of(work, idea)
    numbers = {*votes, *(number for said in verdicts.values() for number in said)}
    named = select(Resident.id, Resident.name).where(Resident.id.in_(sorted(numbers)))
    names = {row[0]: row[1] for row in await work.session.execute(named)}
    lines: list[Words] = [s_("{code}: who said what.", code=idea.code)]
    lines += [
        s_("{name}: {vote}", name=_called(names, member), vote=panel_posts.VOTE_NAMES[vote])
        for member, vote in votes.items()
    ]
    for place, rule in enumerate(idea_rules.rules_of(work, idea), 1):
        for member, verdict in verdicts[rule.key].items():
            said = panel_posts.VERDICT_NAMES[verdict]
            lines.append(
                s_("Rule {number}, {name}: {verdict}", number=place, name=_called(names, member), verdict=said)
            )
    language = talk.person.chat.language
    text = "\n".join(work.render(line, language) for line in lines)
    talk.say([text])


def _called(names: dict[int, str | None], member: int) -> Words:
    if member not in names:
        return s_("somebody who was forgotten")
    return names[member] or s_("resident {number}", number=str(member))


async def _show_files(talk: Dialogues, idea: Idea) -> None:
    """The photos and what was spoken."""
    talk.send(pictures(await photos_of(talk.work, idea.code)))
    spoken = [*([idea.voice] if idea.voice else []), *idea.spoken.values()]
    talk.send([voice(each) for each in spoken])


def _say(talk: Dialogues, idea: Idea, words: list[Words], rows: panel_posts.Rows) -> None:
    language, render = talk.person.chat.language, talk.work.render
    buttons = [[Button(render(label, language), f"{idea.code}.{does}") for does, label in row] for row in rows]
    talk.send(letters([render(each, language) for each in words], buttons))
