"""What is kept of somebody, in words: the sections of the page that they get, in their language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_datetime

from bot.neighbourhood import events, ideas, spending_cards, steps, team
from bot.neighbourhood.panel_posts import VOTE_NAMES
from bot.neighbourhood.work import Work
from conversations.consultation import OPINIONS
from conversations.spend import KINDS
from conversations.words import Money, Text, Words, _, locale_of, s_

TITLE = _("What Buurtpraat keeps of you")
LABELS: dict[str, Words] = {
    "number": _("Your number"),
    "name": _("Your first name"),
    "neighbourhood": _("Your neighbourhood"),
    "language": _("Your language"),
    "came_at": _("Here since"),
    "heard_last": _("Last heard from you"),
    "agreed": _("You said yes on"),
    "agreed_to_version": _("To this version of the text"),
    "came_from": _("How you came here"),
    "brought_by_a_neighbour": _("A neighbour brought you"),
    "contact": _("Your contact at the office"),
    "invitations": _("Invitations to events"),
    "read_aloud": _("Questions read aloud"),
    "warned": _("We asked whether you stay"),
    "role": _("What you may do here"),
    "given_at": _("From"),
    "withdrawn_at": _("Until"),
    "code": _("Code"),
    "title": _("Event"),
    "state": _("How it stands"),
    "topic": _("About"),
    "question": _("Question"),
    "words": _("Your words"),
    "voice": _("Voice message"),
    "photo": _("Photo"),
    "heard": _("What you said, written down"),
    "place": _("Place"),
    "spot": _("Spot that you shared"),
    "whom": _("For whom"),
    "together": _("Together with"),
    "amount_cents": _("What it costs"),
    "awarded_cents": _("What you got"),
    "done": _("What you did"),
    "difference": _("What has changed"),
    "story_shown": _("Others may see it"),
    "idea": _("Idea"),
    "kind": _("How it is paid"),
    "cents": _("Amount"),
    "balance": _("What is left"),
    "valid_until": _("Good until"),
    "why": _("Why not"),
    "answer": _("Answer"),
    "result": _("What was done"),
    "planned_for": _("Planned for"),
    "passed_to": _("Passed on to"),
    "answer_by": _("Answer no later than"),
    "solved_at": _("Done on"),
    "starts_at": _("Begins"),
    "people": _("How many people"),
    "brings": _("What you bring"),
    "opinion": _("What you think"),
    "because": _("Why"),
    "friend": _("You"),
    "accepted": _("Help is welcome"),
    "helps": _("You can help"),
    "vote": s_("Vote"),
    "waiting_at": _("On the waiting list since"),
    "there_at": _("You were there"),
    "by": _("Who said it"),
    "said": _("What you said"),
    "at": _("When"),
    "goes_at": _("Erased on"),
}
SECTIONS: dict[str, Words] = {
    "roles": _("Your tasks"),
    "reports": _("Your reports"),
    "joined": _("Reports of a neighbour that are yours too"),
    "answers": _("Your answers"),
    "ideas": _("Your ideas"),
    "vouchers": _("Your vouchers"),
    "spendings": _("What you spent"),
    "events": _("Events that you answered to"),
    "walks": _("Walks that you proposed"),
    "opinions": _("What you think of ideas"),
    "friends": _("Ideas of others that you like or help with"),
    "votes": s_("Your votes in the panel"),
    "invited": _("Invitations"),
    "talks": _("Talks with a person"),
    "unfinished": _("What you haven't finished"),
}
QUESTIONS: dict[str, Words] = {"proud": _("What are you proud of?"), "better": _("What must be better?")}
ORIGINS: dict[str, Words] = {
    "telegram": _("by yourself"),
    "p": _("through a poster"),
    "e": _("at an event"),
    "via": _("through a neighbour"),
    "spoken": _("written down by the office"),
}
WALKS: dict[str, Words] = {
    "proposed": _("we look at it"),
    "declined": _("not now"),
    "on": _("it goes on"),
    "cancelled": _("it doesn't go on"),
}
VOUCHERS: dict[str, Words] = {"open": _("it may be spent"), "closed": _("closed")}
FRIENDS: dict[str, Words] = {"likes": _("like it"), "helps": _("want to help")}
SPEAKERS: dict[str, Words] = {"office": _("the office"), "you": _("you")}
WITH_PHOTOS = frozenset({"reports", "joined", "answers", "ideas", "spendings"})
DAYS = frozenset({"answer_by", "planned_for", "valid_until"})
AMOUNTS = frozenset({"amount_cents", "awarded_cents", "cents", "balance"})
NOT_SHOWN = frozenset({"theme", "first", "latitude", "longitude", "wish", "conversation", "about"})
NOT_SHOWN |= {"reason", "same_as", "reopened"}
"""Stands in the file for machines alone: codes for counting, and what another line says in words."""


@dataclass(frozen=True, slots=True)
class _Page:
    work: Work
    language: str

    def say(self, words: Words) -> str:
        return self.work.render(words, self.language)

    def about_you(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        plain = {name: value for name, value in kept.items() if not isinstance(value, list)}
        return {"title": self.say(_("About you")), "cards": [self.card(plain, "")]}

    def section(self, name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
        return {"title": self.say(SECTIONS[name]), "cards": [self.card(row, name) for row in rows]}

    def card(self, row: Mapping[str, Any], section: str) -> dict[str, Any]:
        """A row as label and value, without what is empty; `photos_of`: whose photos stand below it."""
        if row.get("latitude") is not None:
            row = {**row, "spot": f"{row['latitude']:.5f}, {row['longitude']:.5f}"}
        lines = [
            [self.say(LABELS[name]), shown]
            for name, value in row.items()
            if name in LABELS and name not in NOT_SHOWN and (shown := self.value(name, value, section))
        ]
        return {"lines": lines, "photos_of": row.get("code", "") if section in WITH_PHOTOS else ""}

    def value(self, name: str, value: Any, section: str) -> str:
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return self.say(_("Yes") if value else _("No"))
        if name == "said":
            return " · ".join(_texts(value))
        if name in ("voice", "photo"):
            return self.say(_("Yes, it is kept at Telegram"))
        if name in AMOUNTS:
            return self.say(Text("{amount}", {"amount": Money(value)}))
        if named := self._named(name, str(value), section):
            return self.say(named)
        return self._moment(name, str(value)) if _is_moment(name) else str(value)

    def _named(self, name: str, value: str, section: str) -> Words | None:
        area = self.work.area
        if name == "neighbourhood":
            found = area.neighbourhood(value)
            return found.name if found else None
        if name == "topic":
            return self.work.local(area.topic(value).label)
        if name == "came_from":
            kind = "e" if value[:1] == "e" and value[1:].isdecimal() else value.partition("-")[0]
            return ORIGINS.get(kind)
        stands: dict[str, Mapping[str, Words]] = {
            "reports": steps.STATE_NAMES,
            "joined": steps.STATE_NAMES,
            "ideas": ideas.STATE_NAMES,
            "vouchers": VOUCHERS,
            "spendings": spending_cards.STATE_NAMES,
            "walks": WALKS,
        }
        names: dict[str, Mapping[str, Words]] = {
            "state": stands.get(section, {}),
            "question": QUESTIONS,
            "role": team.ROLE_NAMES,
            "by": SPEAKERS,
            "opinion": OPINIONS,
            "friend": FRIENDS,
            "vote": VOTE_NAMES,
            "kind": {option.key: option.label for option in KINDS} if section == "spendings" else {},
        }
        if section == "events":
            names["answer"] = events.ANSWER_LABELS | {"waiting": _("I wait for a place")}
        return names.get(name, {}).get(value)

    def _moment(self, name: str, value: str) -> str:
        locale = locale_of(self.language)
        if name in DAYS:
            return format_date(date.fromisoformat(value), "d MMMM y", locale=locale)
        zone = self.work.area.time_zone
        return format_datetime(datetime.fromisoformat(value), "d MMMM y, HH:mm", tzinfo=zone, locale=locale)


def sections(work: Work, kept: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The page's words, from what `own_data.kept_of` gave: a title, sections of cards, and what stands below them."""
    page = _Page(work, language)
    contact = work.area.contact
    below = [
        _("The other file says the same for computers, with every step."),
        _("Questions? Call {phone} or write to {email}.", phone=contact.phone, email=contact.email),
    ]
    filled = [page.section(name, kept[name]) for name in SECTIONS if kept.get(name)]
    return {
        "title": page.say(TITLE),
        "language": language,
        "direction": locale_of(language).text_direction,
        "sections": [page.about_you(kept), *filled],
        "photo": page.say(_("Your photo")),
        "not_yet": page.say(_("A photo that we are still fetching isn't in here yet. Try again later.")),
        "too_much": page.say(_("Not all photos fit. The oldest are left out; ask the office for them.")),
        "below": [page.say(each) for each in below],
    }


def _is_moment(name: str) -> bool:
    return name in DAYS or name.endswith("_at") or name in ("at", "agreed", "heard_last", "warned")


def _texts(said: Any) -> Iterator[str]:
    """What somebody typed or chose, however deep it lies in a conversation's answers."""
    if isinstance(said, Mapping):
        for name, each in said.items():
            if name not in ("voice", "photo", "photos", "is"):
                yield from _texts(each)
    elif isinstance(said, list):
        for each in said:
            yield from _texts(each)
    elif isinstance(said, str) and said:
        yield said
