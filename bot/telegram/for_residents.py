"""The commands that everybody may use."""

from __future__ import annotations

from bot.neighbourhood import events, ideas
from bot.neighbourhood.residents import MENU
from bot.neighbourhood.work import PANEL_TOO, Action
from bot.store.tables import Job
from bot.telegram import cards, event_cards, idea_cards
from bot.telegram.command import Command
from bot.telegram.dialogues import Dialogues
from bot.telegram.draw import LANGUAGE_NAMES
from conversations.inputs import Input
from conversations.words import Words, _


async def start(talk: Dialogues, words: str, given: Input | None) -> None:
    """Back at the door: where we were, or what one can do."""
    if talk.front is None:
        talk.say([_("Hello again! Just tell me, or choose:")], MENU)


async def mine(talk: Dialogues, words: str, given: Input | None) -> None:
    """Everything of mine, with its state."""
    work, person = talk.work, talk.person
    lines: list[Words] = [cards.line_for_reporter(work, each) for each in await cards.mine(person, work)]
    lines += [idea_cards.line_for_owner(each) for each in await ideas.ideas_of(work, person)]
    answered = await events.answers_of(work, person)
    lines += [
        event_cards.line_for_resident(event, answered[event.id])
        for event in await events.coming(work, limit=50)
        if event.id in answered
    ]
    if not lines:
        talk.say([_("There is nothing of yours here yet.")], MENU[:1])
        return
    talk.say([_("This is yours:"), *lines])


async def show_ideas(talk: Dialogues, words: str, given: Input | None) -> None:
    """For residents what was awarded; for the office and the panel all of them."""
    if talk.person.is_one_of(PANEL_TOO):
        await idea_cards.show_list(talk, words)
        return
    found = await ideas.awarded_near(talk.work, talk.person)
    if not found:
        talk.say(
            [_("No idea has been given a yes yet. Maybe yours is the first!")], [Action(_("Tell my idea"), "do.idea")]
        )
        return
    talk.say(
        [_("These ideas go ahead:"), *[idea_cards.line_for_everybody(each) for each in found]],
        [Action(_("Tell my idea"), "do.idea")],
    )


async def show_events(talk: Dialogues, words: str, given: Input | None) -> None:
    """What is coming, each with its buttons."""
    found = await events.coming(talk.work, limit=5)
    if not found:
        talk.say([_("Nothing is planned right now. When there is, you see it here.")])
    for event in found:
        talk.send(events.shown(talk.work, event, talk.person.chat.language))


async def language(talk: Dialogues, words: str, given: Input | None) -> None:
    """Choose a language."""
    actions = [Action(LANGUAGE_NAMES.get(each, each), f"l.{each}") for each in talk.work.catalogues.languages]
    talk.say([_("Which language shall we speak?")], actions)


async def privacy(talk: Dialogues, words: str, given: Input | None) -> None:
    """What is kept, why, who sees it."""
    contact = talk.work.area.contact
    talk.say(
        [
            _("We keep what you send us: words, photos, places, answers. That is how we can get to work."),
            _("Who reads it sees a number and your neighbourhood, never your name or phone number."),
            _("Your Telegram account is kept locked away. It is only used to write to you."),
            _("Telegram itself can see what you send to a bot. So don't send bank details or medical things."),
            _("See everything that we keep: /mydata. Be forgotten: /forget. No more invitations: /stop."),
            _("Questions? Call {phone} or write to {email}.", phone=contact.phone, email=contact.email),
        ]
    )


async def mydata(talk: Dialogues, words: str, given: Input | None) -> None:
    """A file with everything that is kept."""
    _ask_for(talk, "mydata")
    talk.say([_("I'm putting it together. You get a file here in a moment.")])


async def stop(talk: Dialogues, words: str, given: Input | None) -> None:
    """No more invitations; everything else goes on."""
    talk.person.resident.invites = False
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
    if talk.front is None:
        talk.say([_("Hello again! Just tell me, or choose:")], MENU)
    else:
        await talk.ask(talk.front)


def _ask_for(talk: Dialogues, kind: str) -> None:
    work = talk.work
    work.session.add(Job(kind=kind, chat_id=talk.person.chat.id, asked={}, next_at=work.now, at=work.now))


COMMANDS: tuple[Command, ...] = (
    Command("start", "start", _("begin"), start),
    Command("questions", "vragen", _("answer two questions"), flow="questions"),
    Command("report", "melding", _("report something that is broken"), flow="report"),
    Command("idea", "idee", _("tell your idea"), flow="idea"),
    Command("mine", "mijn", _("see what you sent and how it stands"), mine),
    Command("ideas", "ideeen", _("see which ideas go ahead"), show_ideas),
    Command("events", "agenda", _("see what there is to do"), show_events),
    Command("language", "taal", _("choose a language"), language, without_consent=True),
    Command("privacy", "privacy", _("see what we keep and why"), privacy, without_consent=True),
    Command("mydata", "mijngegevens", _("get everything that we keep of you"), mydata, without_consent=True),
    Command("forget", "vergeetmij", _("have us forget you"), flow="forget", without_consent=True),
    Command("stop", "stop", _("get no more invitations"), stop, without_consent=True),
)
HIDDEN: tuple[Command, ...] = (
    Command("invite", "invite", _("get invitations again"), invite, without_consent=True),
    Command("on", "on", _("go on where we were"), on, interrupts=False),
)
"""What has a button alone."""
