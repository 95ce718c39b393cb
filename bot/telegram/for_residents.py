"""The commands that everybody may use."""

from __future__ import annotations

from sqlalchemy import select

from bot.neighbourhood import audience, ideas, recordings
from bot.neighbourhood.keeping import STAYED
from bot.neighbourhood.residents import MENU
from bot.neighbourhood.work import PANEL_TOO, Action
from bot.store.tables import Job
from bot.telegram import cards, event_cards, for_persons, idea_cards, near_cards, voucher_cards, walk_cards
from bot.telegram.command import Command
from bot.telegram.dialogues import Dialogues
from conversations.inputs import Input
from conversations.words import LANGUAGE_NAMES, Words, _


async def start(talk: Dialogues, words: str, given: Input | None) -> None:
    """Back at the door: where we were, or what one can do."""
    if talk.front is None and not for_persons.where_we_are(talk):
        talk.say([_("Hello again! Just tell me, or choose:")], MENU)


async def mine(talk: Dialogues, words: str, given: Input | None) -> None:
    """Everything of mine, with its state."""
    work, person = talk.work, talk.person
    lines: list[Words] = await cards.mine(person, work)
    lines += [idea_cards.line_for_owner(each) for each in await ideas.ideas_of(work, person)]
    lines += await event_cards.lines_of(talk)
    lines += await walk_cards.lines_of(talk)
    if not lines:
        talk.say([_("There is nothing of yours here yet.")], [*MENU[:1], Action(_("I have moved"), "do.moved")])
        return
    talk.say(
        [_("This is yours:"), *lines],
        [
            *await voucher_cards.actions_of(talk),
            Action(_("Bring a neighbour"), "do.neighbour"),
            Action(_("I have moved"), "do.moved"),
        ],
    )


async def show_ideas(talk: Dialogues, words: str, given: Input | None) -> None:
    """For residents what was awarded; for the office and the panel all of them."""
    if talk.person.is_one_of(PANEL_TOO):
        await idea_cards.show_list(talk, words)
        return
    await near_cards.show_near(talk)


async def show_events(talk: Dialogues, words: str, given: Input | None) -> None:
    """What is coming, the nearest first, each with its buttons."""
    await event_cards.show_coming(talk)


async def language(talk: Dialogues, words: str, given: Input | None) -> None:
    """Choose a language."""
    actions = [Action(LANGUAGE_NAMES.get(each, each), f"l.{each}") for each in talk.work.catalogues.languages]
    talk.say([_("Which language shall we speak?")], [*actions, Action(_("Read it to me"), "do.readaloud")])


async def privacy(talk: Dialogues, words: str, given: Input | None) -> None:
    """What is kept, why, who sees it, how long; whom to ask."""
    area, office = talk.work.area, talk.work.area_name
    talk.say(
        [
            _("What we keep: what you send here, and your neighbourhood. Your first name if you give it."),
            _("Why: to answer you, and to get things done in the neighbourhood."),
            _("Who sees it: people of {organisation}. They see a number, not your account.", organisation=office),
            _("How we reach you is locked away. We only use it to write to you."),
            _("What Telegram sees: everything that you send here. So send nothing about your bank or health."),
        ]
    )
    kept = area.kept
    talk.say(
        [
            _("How long: no word for {silent}? Then we ask if you stay.", silent=kept.silent),
            _("No answer for {warned}? Then we forget you.", warned=kept.warned),
            _("Talks with a person go {chats} after their end.", chats=kept.chats),
            _("Photos of a report go {photos} after it is done.", photos=kept.photos),
            _("What you didn't finish goes after {unfinished}.", unfinished=area.conversation.expires_after),
            _("Questions? Call {phone} or write to {email}.", phone=area.contact.phone, email=area.contact.email),
        ],
        [
            Action(_("See what you keep of me"), "do.mydata"),
            Action(_("No more invitations"), "do.stop"),
            Action(_("Forget me"), "do.forget"),
        ],
    )


async def mydata(talk: Dialogues, words: str, given: Input | None) -> None:
    """A file with everything that is kept; asked for twice, it is made once."""
    work, chat_id = talk.work, talk.person.chat.id
    asked = await work.session.scalar(select(Job.id).where(Job.kind == "mydata", Job.chat_id == chat_id).limit(1))
    if asked is None:
        work.session.add(Job(kind="mydata", chat_id=chat_id, asked={}, next_at=work.now, at=work.now))
    talk.say([_("I'm putting it together. You get a file here in a moment.")])


async def stay(talk: Dialogues, words: str, given: Input | None) -> None:
    """Who was warned that they are forgotten soon, stays."""
    talk.say([STAYED], MENU)


async def stop(talk: Dialogues, words: str, given: Input | None) -> None:
    """No more invitations; everything else goes on."""
    await audience.invite_no_more(talk.work, talk.person)
    talk.say(
        [
            _("You won't get invitations any more."),
            _("You still hear about your own reports and ideas. Want invitations again? Tap the button."),
        ],
        [Action(_("Invite me again"), "do.invite")],
    )


async def invite(talk: Dialogues, words: str, given: Input | None) -> None:
    """Invitations again."""
    talk.person.resident.invites = True
    talk.say([_("Good, you will hear when there is something to do.")])


async def on(talk: Dialogues, words: str, given: Input | None) -> None:
    """Where we were."""
    if talk.front is not None:
        await talk.ask(talk.front)
    elif not for_persons.where_we_are(talk):
        talk.say([_("Hello again! Just tell me, or choose:")], MENU)


async def read_aloud(talk: Dialogues, words: str, given: Input | None) -> None:
    """Hear the questions, or no more."""
    done = recordings.read_aloud(talk.work, talk.person)
    if talk.front is None:
        talk.say(done.words, MENU)
    else:
        await talk.ask(talk.front, done.words, whole=True)


COMMANDS: tuple[Command, ...] = (
    Command("start", "start", _("begin"), start),
    Command("questions", "vragen", _("answer two questions"), flow="questions"),
    Command("report", "melding", _("report something that is broken"), flow="report"),
    Command("idea", "idee", _("tell your idea"), flow="idea"),
    Command("mine", "mijn", _("see what you sent and how it stands"), mine),
    Command("ideas", "ideeen", _("see which ideas go ahead"), show_ideas),
    Command("events", "agenda", _("see what there is to do"), show_events),
    Command("language", "taal", _("choose a language"), language, without_consent=True),
    Command(
        "readaloud",
        "voorlezen",
        _("have the questions read to you"),
        read_aloud,
        without_consent=True,
        interrupts=False,
    ),
    Command("privacy", "privacy", _("see what we keep and why"), privacy, without_consent=True),
    Command("mydata", "mijngegevens", _("get everything that we keep of you"), mydata, without_consent=True),
    Command("forget", "vergeetmij", _("have us forget you"), flow="forget", without_consent=True),
    Command("stop", "stop", _("get no more invitations"), stop, without_consent=True),
)
HIDDEN: tuple[Command, ...] = (
    Command("invite", "invite", _("get invitations again"), invite, without_consent=True),
    Command("on", "on", _("go on where we were"), on, interrupts=False),
    Command("walk", "rondje", _("walk with us through your neighbourhood"), flow="walk"),
    Command("moved", "verhuisd", _("tell that you have moved"), flow="moved"),
    Command("stay", "blijf", _("stay with us"), stay, interrupts=False),
)
"""What has a button alone."""
