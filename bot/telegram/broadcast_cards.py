"""A broadcast as staff see it: how far it is, with buttons to pause, go on, stop, put right, and give a second yes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.neighbourhood import broadcasts, progress, proofs, second_yes
from bot.neighbourhood.work import STAFF, Action, Person, TooLate, Work
from bot.outbox.letters import Button, Letter
from bot.outbox.letters import letters as letters_of
from bot.store.tables import Broadcast
from bot.telegram.dialogues import Dialogues
from conversations.words import LANGUAGE_NAMES, Words, language_called, s_

Change = Callable[[Work, Person, Broadcast], Awaitable[None]]
CHANGES: dict[str, Change] = {
    "pause": broadcasts.pause,
    "go_on": broadcasts.go_on,
    "stop": broadcasts.stop,
    "yes": broadcasts.approve,
}
"""Buttons that do something at once."""


async def show(talk: Dialogues, number: int) -> bool:
    """Show staff how far a broadcast is; False for others."""
    work, person = talk.work, talk.person
    if not person.is_staff:
        return False
    broadcast = await work.session.get(Broadcast, number)
    if broadcast is None or not broadcasts.may_see(person, broadcast):
        talk.say([s_("There is no {code}.", code=f"B{number}")])
        return True
    await progress.post_progress(work, broadcast, person.chat, anew=True)
    if second_yes.may_answer(person, broadcast):
        talk.say(second_yes.asked(broadcast), second_yes.answers_to(broadcast))
    return True


async def step(talk: Dialogues, number: int, what: str) -> bool:
    """A tap under a broadcast; False where there is no such button. Raises `NotAllowed`."""
    what, _dot, language = what.partition(".")
    if what not in (*CHANGES, "no", "see", "correct"):
        return False
    work, person = talk.work, talk.person
    person.must_be(STAFF, f"B{number}.{what}")
    broadcast = await work.session.get(Broadcast, number)
    if broadcast is None or not broadcasts.may_see(person, broadcast):
        return False
    try:
        await _do(talk, broadcast, what, language)
    except TooLate as late:
        talk.say([late.words])
    return True


def see(
    talk: Dialogues, letters: Mapping[str, Letter], language: str, button: str, then: Sequence[Action] = ()
) -> None:
    """Show what people of a language get, and offer the others; "" is the reader's own, "all" is each."""
    own, say = talk.person.chat.language, talk.work.render
    languages = [each for each in talk.work.catalogues.languages if each in letters]
    chosen = languages if language == "all" else [language if language in letters else own]
    talk.send([proofs.shown_only(letters[each]) for each in chosen if each in letters])
    names = ", ".join(say(language_called(each), own) for each in chosen)
    others = [Button(LANGUAGE_NAMES.get(each, each), f"{button}.{each}") for each in languages if each not in chosen]
    rows = [others[start : start + 3] for start in range(0, len(others), 3)]
    rows += [[Button(say(s_("See it in each language"), own), f"{button}.all")]] if others else []
    rows += [[Button(say(each.label, own), each.does)] for each in then]
    talk.send(letters_of([say(s_("This is what people get who read {language}.", language=names), own)], rows))


async def _do(talk: Dialogues, broadcast: Broadcast, what: str, language: str) -> None:
    work, person, code = talk.work, talk.person, broadcast.code
    if what in CHANGES:
        await CHANGES[what](work, person, broadcast)
        await progress.keep_posted(work, [broadcast])
        said: dict[str, Words] = {
            "pause": s_("{code} is paused.", code=code),
            "go_on": s_("{code} goes on.", code=code),
            "stop": s_("{code} is stopped. Who has it keeps it.", code=code),
            "yes": s_("Thank you. {code} goes out.", code=code),
        }
        talk.say([said[what]])
    elif what == "see":
        see(talk, proofs.letters_of(broadcast), language, f"{code}.see")
    elif what == "no":
        await second_yes.check(work, person, broadcast, "no")
        await _begin(talk, "decline", broadcast)
    else:
        await broadcasts.check_step(work, person, broadcast, "correct")
        await _begin(talk, "correct", broadcast)


async def _begin(talk: Dialogues, flow: str, broadcast: Broadcast) -> None:
    begun = [each for each in talk.person.conversations if each.flow == flow and each.about == broadcast.code]
    about = begun[0] if begun else await talk.open(flow, {"broadcast": broadcast.id}, about=broadcast.code)
    talk.bring_to_front(about)
    await talk.ask(about)
