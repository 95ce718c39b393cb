"""A voucher as it is shown: to its owner with what can be done, to staff who scan or type its code, to nobody else."""

from __future__ import annotations

import re

from sqlalchemy import select

from bot.neighbourhood import idea_steps, person_talks, spending_cards, spendings, stories, vouchers
from bot.neighbourhood.work import STAFF, Action, Closing, TooLate, Work
from bot.outbox.letters import Bold, Button, letters
from bot.store.tables import Conversation, Idea, Spending, Voucher
from bot.telegram.dialogues import Dialogues
from bot.telegram.newcomers import welcome
from conversations.questions import Told
from conversations.results import WantsPerson
from conversations.words import Money, Text, Words, _, s_

OFFICE_ONLY = _("Only the office can read this code.")
_CODE = re.compile(r"\s*[sS]\s?(\d{1,9})\s*")
_SUBJECT = re.compile(r"([VS])(\d{1,9})")
SHOWN_AT_MOST = 10
"""So many of the newest spendings stand on a voucher."""
IN_A_LIST = 3
FLOWS = {"spend": "spend", "done": "story"}


async def typed(talk: Dialogues, text: str) -> bool:
    """A code that was typed: V-ABCD2345 of a voucher, S7 of a spending; False where it is none, or not for them."""
    if (code := vouchers.read_code(text)) is not None:
        await show_code(talk, code)
        return True
    found = _CODE.fullmatch(text)
    if found is None or not talk.person.is_staff:
        return False
    spending = await talk.work.session.get(Spending, int(found[1]))
    if spending is None:
        talk.say([s_("There is no {code}.", code=f"S{found[1]}")])
        return True
    await _show_spending(talk, spending)
    return True


async def scanned(talk: Dialogues, payload: str) -> bool:
    """The link in a voucher's QR code ("v-ABCD2345"); False for a payload that is none."""
    code = vouchers.read_code(payload)
    if code is None:
        return False
    if not talk.person.consents:
        await welcome(talk, [OFFICE_ONLY], whole=True)
    else:
        await show_code(talk, code)
    return True


async def show_code(talk: Dialogues, code: str) -> None:
    """To staff what the voucher is good for, or why not; to its owner theirs; to others that they can't read it."""
    work, person = talk.work, talk.person
    voucher = await vouchers.by_code(work, code)
    idea = await work.session.get(Idea, voucher.idea_id) if voucher is not None else None
    if idea is not None and idea.resident_id == person.resident.id:
        await show(talk, idea)
    elif not person.is_staff:
        work.note(f"R{person.resident.id}", "refused", person.resident, "V-")
        talk.say([OFFICE_ONLY])
    elif voucher is None or idea is None:
        talk.say(
            [
                s_("There is no voucher {code}. Is it typed right?", code=f"V-{code}"),
                s_("If so, it isn't one of ours: pay nothing on it."),
            ]
        )
    else:
        await _show_staff(talk, voucher, idea)


async def button(talk: Dialogues, subject: str, what: str) -> bool:
    """A tap about a voucher (V3: that of the idea I3) or a spending (S7); False where there is no such button."""
    found = _SUBJECT.fullmatch(subject)
    if found is None:
        return False
    kind, number = found[1], int(found[2])
    try:
        return await (_of_voucher if kind == "V" else _of_spending)(talk, number, what)
    except TooLate as late:
        talk.too_late = late.words
        talk.say([late.words])
        return True


async def show(talk: Dialogues, idea: Idea) -> None:
    """An idea's voucher for its owner: what is left, what was spent, what can be done."""
    work = talk.work
    voucher = await work.session.get(Voucher, idea.id)
    if voucher is None:
        talk.say([vouchers.NONE])
        return
    spent = (await spendings.spendings_of(work, idea))[-SHOWN_AT_MOST:]
    lines: list[Words] = [
        line(voucher),
        vouchers.why_not(work, voucher, idea) or _("Good until {day}.", day=voucher.valid_until),
    ]
    if spent:
        lines.append("\n".join(work.render(_spending_line(each), talk.person.chat.language) for each in spent))
    talk.say(lines, await _actions(talk, voucher, idea))


def line(voucher: Voucher) -> Words:
    """A voucher in one line, for its owner."""
    return _(
        "Your voucher {code}: {balance} left of {whole}.",
        code=vouchers.shown(voucher),
        balance=Money(voucher.balance),
        whole=Money(voucher.cents),
    )


async def actions_of(talk: Dialogues) -> list[Action]:
    """A button for each of the newest vouchers that somebody can spend."""
    mine = (Idea.resident_id == talk.person.resident.id, Idea.state.in_(sorted(vouchers.SPENT_IN)))
    query = select(Voucher).join(Idea, Idea.id == Voucher.idea_id).where(*mine, Voucher.state == "open")
    found = await talk.work.session.scalars(query.order_by(Voucher.idea_id.desc()).limit(IN_A_LIST))
    return [Action(_("My voucher for {code}", code=f"I{each.idea_id}"), f"V{each.idea_id}.show") for each in found]


async def for_owner(talk: Dialogues, idea: Idea) -> tuple[list[Words], list[tuple[str, Words]]]:
    """What the owner of an idea sees of its voucher and its story, beside the idea: lines, and buttons with labels."""
    voucher = await talk.work.session.get(Voucher, idea.id)
    lines: list[Words] = []
    buttons: list[tuple[str, Words]] = []
    if voucher is not None and voucher.state == "open" and idea.state != "awarded":
        lines.append(line(voucher))
        buttons.append((f"V{idea.id}.show", _("My voucher")))
    if idea.state == "running":
        buttons.append((f"V{idea.id}.done", _("We're done")))
    if stories.is_told(idea):
        buttons.append(
            (f"V{idea.id}.hide", _("Show it to the office only"))
            if idea.story_shown
            else (f"V{idea.id}.others", _("Show it to others too"))
        )
    return lines, buttons


async def for_staff(work: Work, idea: Idea) -> list[Words]:
    """What the card of an idea says of its voucher, and of how it went."""
    voucher = await work.session.get(Voucher, idea.id)
    lines: list[Words] = []
    if voucher is not None:
        there = s_("On its voucher: {balance}, until {day}.", balance=Money(voucher.balance), day=voucher.valid_until)
        lines.append(there if voucher.state == "open" else s_("Its voucher is closed."))
        spent = ", ".join(each.code for each in await spendings.spendings_of(work, idea))
        lines += [s_("Spent: {codes}", codes=spent)] if spent else []
    return [
        *lines,
        *([s_("Done: {words}", words=idea.done)] if idea.done else []),
        *([s_("Changed: {words}", words=idea.difference)] if idea.difference else []),
    ]


async def _actions(talk: Dialogues, voucher: Voucher, idea: Idea) -> list[Action]:
    found = []
    if vouchers.why_not(talk.work, voucher, idea) is None:
        found.append(Action(_("Spend something"), f"V{idea.id}.spend"))
    if idea.state in vouchers.SPENT_IN:
        found.append(Action(_("We're done"), f"V{idea.id}.done"))
    if voucher.state == "open":
        found.append(Action(_("Show the voucher itself"), f"V{idea.id}.picture"))
    return found


async def _of_voucher(talk: Dialogues, number: int, what: str) -> bool:
    work, person = talk.work, talk.person
    does, _dot, rest = what.partition(".")
    idea = await work.session.get(Idea, number)
    if idea is None or does not in (*FLOWS, "show", "picture", "fine", "hand", "hide", "others", "part", "again"):
        return False
    await spendings.must_own(work, person, idea, does)
    match does:
        case "spend" | "done":
            await _begin(talk, idea, does)
        case "show":
            await show(talk, idea)
        case "picture":
            await vouchers.ask_for_picture(work, idea, person.chat.id)
            talk.say([_("It comes in a moment.")])
        case "fine":
            work.note(idea.code, "goes well", person.resident)
            talk.say([_("Good to hear! Have fun with it.")])
        case "hand":
            talk.say(*_said(await _ask_for_hand(talk, idea)))
        case "hide" | "others" if not stories.is_told(idea):
            return False
        case "hide" | "others":
            talk.say(*_said(await stories.show_to_others(work, person, idea, shown=does == "others")))
        case _:
            return await _of_shown(talk, idea, does, rest)
    return True


async def _begin(talk: Dialogues, idea: Idea, does: str) -> None:
    """Spending something, or telling how it went: the one that was begun goes on."""
    work, about = talk.work, f"V{idea.id}"
    voucher = await work.session.get(Voucher, idea.id)
    if does == "spend":
        why = vouchers.why_not(work, voucher, idea) if voucher is not None else vouchers.NONE
        if why is not None:
            talk.say([why])
            return
    else:
        await idea_steps.must_be_ready(work, "account", talk.person, idea)
    begun: Conversation | None = next(
        (each for each in talk.person.conversations if each.flow == FLOWS[does] and each.about == about), None
    )
    begun = begun or await talk.open(FLOWS[does], {"idea": idea.id}, about=about)
    talk.bring_to_front(begun)
    await talk.ask(begun)


async def _of_shown(talk: Dialogues, idea: Idea, does: str, rest: str) -> bool:
    """What its owner does with a spending that was more than the voucher held: book part of it, change the amount."""
    if not rest.isdecimal() or len(rest) > 9:
        return False
    spending = await talk.work.session.get(Spending, int(rest))
    if spending is None or spending.idea_id != idea.id:
        return False
    if does == "part":
        talk.say(*_said(await spendings.book_part(talk.work, talk.person, spending)))
        return True
    if spending.state != "shown":
        talk.say([_spending_line(spending)])
        return True
    answers: dict[str, object] = {"idea": idea.id, "kind": spending.kind, "instead": spending.id}
    told = {"text": spending.words} | ({"photo": spending.photo} if spending.photo else {})
    answers["help" if spending.kind == "work" else "receipt"] = told
    await talk.ask(await talk.open("spend", answers, about=f"V{idea.id}"))
    return True


async def _ask_for_hand(talk: Dialogues, idea: Idea) -> Closing:
    """A talk with the office begins at once, in the house's language: somebody there reads it."""
    house = talk.work.area.languages[0]
    words = talk.work.render(_("{code}: I'd like a hand.", code=idea.code), house)
    talk.work.note(idea.code, "asks for a hand", talk.person.resident)
    return await person_talks.begin(talk.work, talk.person, WantsPerson(Told(words)))


async def _of_spending(talk: Dialogues, number: int, what: str) -> bool:
    work, person = talk.work, talk.person
    if what not in ("paid", "refuse", "card"):
        return False
    person.must_be(STAFF, f"S{number}.{what}")
    spending = await work.session.get(Spending, number)
    if spending is None:
        return False
    if what == "card":
        await _show_spending(talk, spending)
    elif what == "paid":
        talk.say((await spendings.pay(work, person, spending)).words)
    else:
        await spendings.must_be_open(work, person, spending, what)
        await talk.ask(await talk.open("refuse_spending", {"spending": number}))
    return True


async def _show_spending(talk: Dialogues, spending: Spending) -> None:
    idea = await talk.work.session.get_one(Idea, spending.idea_id)
    talk.send([await spending_cards.card(talk.work, spending, idea, talk.person.chat.language)])


async def _show_staff(talk: Dialogues, voucher: Voucher, idea: Idea) -> None:
    """What staff must know to pay on it: no name, and nothing that tells whose it is."""
    work, language = talk.work, talk.person.chat.language
    why = vouchers.why_not(work, voucher, idea)
    place = work.area.neighbourhood(idea.neighbourhood) if idea.neighbourhood else None
    code = vouchers.shown(voucher)
    said: list[Words] = [
        s_("{code} is good.", code=code) if why is None else s_("{code} is NOT good. Pay nothing on it.", code=code),
        why or "",
        s_("Left: {balance} of {whole}.", balance=Money(voucher.balance), whole=Money(voucher.cents)),
        s_("Good until {day}.", day=voucher.valid_until),
        s_("For {code}: {words}", code=idea.code, words=idea.words or idea.heard or s_("(voice message)")),
        s_("From: {place}.", place=place.name if place else s_("no neighbourhood")),
    ]
    paragraphs = [work.render(each, language) for each in said if each]
    paragraphs[0] = Bold(paragraphs[0])
    actions = [Action(s_("Open {code}", code=idea.code), f"{idea.code}.card")]
    if await idea_steps.is_owner(work, talk.person, idea):  # somebody without a phone had it
        actions += await _actions(talk, voucher, idea)
    talk.send(letters(paragraphs, [[Button(work.render(each.label, language), each.does)] for each in actions]))


def _spending_line(spending: Spending) -> Text:
    state = spending_cards.STATE_NAMES[spending.state]
    return _("{amount}: {state}.", amount=Money(spending.cents), state=state)


def _said(closing: Closing) -> tuple[list[Words], list[Action]]:
    return list(closing.words), list(closing.actions)
