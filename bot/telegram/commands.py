"""The commands: what they are called in English and in Dutch, who may use them, what they do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from bot.neighbourhood import complaints
from bot.neighbourhood.residents import MENU
from bot.neighbourhood.work import Action
from bot.store.tables import Complaint
from bot.telegram import cards
from bot.telegram.dialogues import Dialogues
from bot.telegram.draw import LANGUAGE_NAMES
from conversations.dates import read_day
from conversations.inputs import Input, Photo
from conversations.words import Text, Words, _, s_

Run = Callable[[Dialogues, str, Input | None], Awaitable[None]]
UNKNOWN = _("I don't know that one. Type /help to see what I can do.")


async def _nothing(talk: Dialogues, words: str, given: Input | None) -> None:
    """For commands that only begin a conversation."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command by its two names. `flow`: the conversation that it begins. `interrupts`: afterwards the open question
    of a conversation is repeated. `example` shows staff how it is used."""

    name: str
    dutch: str
    what: Text
    run: Run = _nothing
    flow: str | None = None
    for_staff: bool = False
    without_consent: bool = False
    interrupts: bool = True
    example: str = ""


async def start(talk: Dialogues, words: str, given: Input | None) -> None:
    """Back at the door: where we were, or what one can do."""
    if talk.front is None:
        talk.say([_("Hello again! Just tell me, or choose:")], MENU)


async def mine(talk: Dialogues, words: str, given: Input | None) -> None:
    """My complaints with their state."""
    found = await cards.mine(talk.person, talk.work)
    if not found:
        talk.say([_("You haven't reported anything yet.")], MENU[:1])
        return
    talk.say([_("Your reports:"), *[cards.line_for_reporter(talk.work, each) for each in found]])


async def language(talk: Dialogues, words: str, given: Input | None) -> None:
    """Choose a language."""
    actions = [Action(LANGUAGE_NAMES.get(each, each), f"l.{each}") for each in talk.work.catalogues.languages]
    talk.say([_("Which language shall we speak?")], actions)


async def help_(talk: Dialogues, words: str, given: Input | None) -> None:
    """What one can do here, as far as one's role goes."""
    lines: list[Words] = [
        _("/{name}: {what}", name=_dutch_or_english(talk, each), what=each.what)
        for each in COMMANDS
        if not each.for_staff or talk.person.is_staff
    ]
    text = "\n".join(talk.work.render(line, talk.person.chat.language) for line in lines)
    talk.say([_("Just send a message, a photo or a spot. Or use one of these:"), text])


async def back(talk: Dialogues, words: str, given: Input | None) -> None:
    """One question back."""
    if not await talk.steer("back"):
        talk.say([_("There is nothing to go back to.")], MENU)


async def cancel(talk: Dialogues, words: str, given: Input | None) -> None:
    """Stop the conversation in front."""
    if not await talk.steer("cancel"):
        talk.say([_("There is nothing to stop.")], MENU)


async def list_complaints(talk: Dialogues, words: str, given: Input | None) -> None:
    """The office's list."""
    await cards.show_list(talk, words)


async def take(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/take M12`."""
    if found := await _complaint(talk, words, "take"):
        await cards.button(talk, found[0].code, "take")


async def plan(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/plan M12 2026-12-24 words`."""
    if not (found := await _complaint(talk, words, "plan")):
        return
    typed_day, _space, rest = found[1].partition(" ")
    day = read_day(typed_day, talk.work.today)
    if day is None or day < talk.work.today:
        talk.say([s_("Which day? For example: {example}", example=_example("plan", talk.work.today))])
        return
    await _step(talk, found[0], complaints.plan(talk.work, talk.person, found[0], day, rest.strip()))


async def solve(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/solve M12 words`, also as the caption of a photo of the result."""
    if not (found := await _complaint(talk, words, "solve", needs_words=True)):
        return
    complaint, said = found
    if isinstance(given, Photo) and given.album and complaint.state in complaints.STEPS["solve"].before:
        # more photos of the album are on their way: gather them, and send when the member of staff says so
        answers = {"complaint": complaint.id, "words": {"text": said}, "photos": [given.file_id]}
        conversation = await talk.open("solve", answers)
        conversation.said = {**conversation.said, "albums": {given.album: "photos"}}
        await talk.ask(conversation)
        return
    photos = [given.file_id] if isinstance(given, Photo) else []
    await _step(talk, complaint, complaints.solve(talk.work, talk.person, complaint, said, photos))


async def cannot(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/cannot M12 why`."""
    if found := await _complaint(talk, words, "cannot", needs_words=True):
        await _step(talk, found[0], complaints.cannot(talk.work, talk.person, found[0], found[1]))


async def _complaint(
    talk: Dialogues, words: str, name: str, *, needs_words: bool = False
) -> tuple[Complaint, str] | None:
    """The complaint that a command names and the words behind it; None after having said what is wrong."""
    example = _example(name, talk.work.today)
    code, _space, rest = words.partition(" ")
    found = cards.CODE.fullmatch(code)
    complaint = await talk.work.session.get(Complaint, int(found[1])) if found else None
    if not found:
        talk.say([s_("Which complaint? For example: {example}", example=example)])
    elif complaint is None:
        talk.say([s_("There is no {code}. The list: /complaints", code=f"M{found[1]}")])
    elif needs_words and not rest.strip():
        talk.say([s_("Add a few words for the reporter, for example: {example}", example=example)])
    else:
        return complaint, rest.strip()
    return None


async def _step(talk: Dialogues, complaint: Complaint, step: Awaitable[None]) -> None:
    try:
        await step
    except complaints.WrongState:
        talk.say([cards.already(complaint)])
    else:
        talk.say([s_("Done. The reporter has been told. ({code})", code=complaint.code)])


def _example(name: str, today: date) -> str:
    return next(each.example for each in COMMANDS if each.name == name).format(day=today.replace(day=28).isoformat())


def _dutch_or_english(talk: Dialogues, command: Command) -> str:
    return command.dutch if talk.person.chat.language == "nl" else command.name


COMMANDS: tuple[Command, ...] = (
    Command("start", "start", _("begin"), start),
    Command("questions", "vragen", _("answer two questions"), flow="questions"),
    Command("report", "melding", _("report something that is broken"), flow="report"),
    Command("mine", "mijn", _("see my reports"), mine),
    Command("language", "taal", _("choose a language"), language, without_consent=True),
    Command("help", "hulp", _("see what I can do"), help_, without_consent=True),
    Command("back", "terug", _("go back one question"), back, interrupts=False, without_consent=True),
    Command("cancel", "annuleer", _("stop this conversation"), cancel, interrupts=False, without_consent=True),
    Command(
        "complaints",
        "meldingen",
        s_("list complaints"),
        list_complaints,
        for_staff=True,
        example="/complaints late",
    ),
    Command("take", "take", s_("take a complaint on"), take, for_staff=True, example="/take M12"),
    Command(
        "plan",
        "plan",
        s_("promise a day"),
        plan,
        for_staff=True,
        example="/plan M12 {day} De stoep wordt recht",
    ),
    Command(
        "solve",
        "solve",
        s_("say that it is solved"),
        solve,
        for_staff=True,
        example="/solve M12 De tegel ligt vast",
    ),
    Command(
        "cannot",
        "cannot",
        s_("say why it can't be done"),
        cannot,
        for_staff=True,
        example="/cannot M12 waarom",
    ),
)
BY_NAME: dict[str, Command] = {name: each for each in COMMANDS for name in (each.name, each.dutch)}
