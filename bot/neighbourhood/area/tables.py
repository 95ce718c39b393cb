"""The tables of an area file, but those about ideas (`ideas.py`)."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.neighbourhood.area.fields import (
    ButtonLabel,
    ButtonText,
    Colour,
    Duration,
    Label,
    Latitude,
    Longitude,
    OpeningTimes,
    Phone,
    Table,
    Text,
    Theme,
    like,
    mistake,
    no_twins,
)
from bot.neighbourhood.hours import Span


class Contact(Table):
    """How a resident reaches the office without the bot."""

    phone: Phone
    address: Text
    email: Annotated[str, like(r"[^@\s]+@[^@\s]+\.[^@\s.]+", "must be an e-mail address")]


class HelpLine(Table):
    """A number to call, and the sentence in which a resident reads it."""

    number: Phone
    words: Label

    @model_validator(mode="after")
    def _says_its_number(self) -> Self:
        for language, words in self.words.items():
            if self.number not in words:
                raise mistake(("words", language), f"must name the number {self.number}")
        return self


class Nearby(Table):
    """Within how many metres, and for how long, a report on the same topic may be the same one."""

    metres: Annotated[int, Field(strict=True, ge=1, le=1000)] = 50
    age: Duration = timedelta(weeks=12)


class Elsewhere(Table):
    """Something that is not the office's: where it belongs, by number or link, and how it is recognised.

    `words` say it in each language and name the number. `topics` and `stems` (`conversations/stems.py`) point to it.
    """

    key: Annotated[str, like("[a-z][a-z0-9_]{0,15}", "must be a letter, then up to 15 of a-z, 0-9 and _")]
    words: Label
    number: Phone | None = None
    link: Annotated[str, like(r"https://[^\s/]+\.[^\s]+", "must be an https:// link")] | None = None
    topics: tuple[str, ...] = ()
    stems: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if self.number is None and self.link is None:
            raise ValueError("must have a number or a link")
        if not self.topics and not self.stems:
            raise ValueError("must have topics or stems that point to it")
        for language, words in self.words.items():
            if self.number is not None and self.number not in words:
                raise mistake(("words", language), f"must name the number {self.number}")
        return self


class Emergency(Table):
    """Whom to call instead of telling the bot: in danger now, and for the police when there is no hurry."""

    danger: HelpLine
    police: HelpLine


class Neighbourhood(Table):
    """A neighbourhood as the residents name it: its CBS code, inhabitants and centre (degrees, WGS 84)."""

    code: Annotated[str, like("WK[0-9]{6}|BU[0-9]{8}", "must be a CBS code such as WK091722 or BU09172200")]
    name: ButtonText
    inhabitants: Annotated[int, Field(strict=True, ge=1)]
    latitude: Latitude
    longitude: Longitude


class Topic(Table):
    """What a complaint can be about, who handles it, and in how many working days the office answers.

    `handled_by` and `theme` are for staff; residents see the label. `private`: never shown to a neighbour.
    """

    key: Annotated[str, like("[a-z][a-z0-9_]{0,15}", "must be a letter, then up to 15 of a-z, 0-9 and _")]
    label: ButtonLabel
    handled_by: Text
    working_days: Annotated[int, Field(strict=True, ge=1, le=250)]
    theme: Theme | None = None
    private: Annotated[bool, Field(strict=True)] = False


class FollowUp(Table):
    """From "solved" to "is it really solved?", from there to the one reminder, from there to closing.

    `ask_again_after`: from "I don't know" to asking once more.
    """

    after: Duration
    reminder_after: Duration
    close_after: Duration
    ask_again_after: Duration = timedelta(days=7)


class OfficeHours(Table):
    """When somebody of the office reads along, by the clock on the wall; never on public holidays."""

    monday: OpeningTimes
    tuesday: OpeningTimes
    wednesday: OpeningTimes
    thursday: OpeningTimes
    friday: OpeningTimes
    saturday: OpeningTimes
    sunday: OpeningTimes

    @property
    def week(self) -> tuple[tuple[Span, ...], ...]:
        """The spans of Monday to Sunday."""
        return (
            *(self.monday, self.tuesday, self.wednesday, self.thursday, self.friday),
            *(self.saturday, self.sunday),
        )

    @model_validator(mode="after")
    def _opens_once(self) -> Self:
        if not any(self.week):
            raise ValueError("must be open on one day at least")
        return self


class Consent(Table):
    """The version of the consent's text; a resident's yes is stored with it.

    `changed`: what is new in this version, in one sentence, for who said yes to an older one.
    """

    version: Annotated[str, like("[A-Za-z0-9.-]{1,16}", "must be 1 to 16 of A-Z, a-z, 0-9, . and -")]
    changed: Label


class Kept(Table):
    """After how long what is old goes by itself.

    `silent`: without a word, until the warning; `warned`: from the warning to being made anonymous. `chats`: from a
    talk's end. `photos`: from the day on which a report was done. `leftovers`: updates set aside, refused messages, who
    got which invitation.
    """

    silent: Duration
    warned: Duration
    chats: Duration
    photos: Duration
    leftovers: Duration


class Colours(Table):
    """The colours of the charts, as "#0a5" or "#00aa55". `rest` is for what has no colour of its own.

    Those that are there without a word are told apart by people who confuse red and green.
    """

    first: Colour = "#2f6f73"
    second: Colour = "#b5442e"
    third: Colour = "#d9a441"
    fourth: Colour = "#7a5c99"
    fifth: Colour = "#5b8c3a"
    rest: Colour = "#b9b9b4"

    @property
    def in_order(self) -> tuple[str, ...]:
        """From the first to the rest."""
        return (self.first, self.second, self.third, self.fourth, self.fifth, self.rest)

    @model_validator(mode="after")
    def _are_told_apart(self) -> Self:
        no_twins(((name,), getattr(self, name)) for name in type(self).model_fields)
        return self


class ThemeWords(Table):
    """By which words an answer or a report belongs to one of the programme's themes (`conversations/stems.py`)."""

    wonen: tuple[Text, ...] = ()
    werken: tuple[Text, ...] = ()
    leren: tuple[Text, ...] = ()
    veiligheid: tuple[Text, ...] = ()
    gezondheid: tuple[Text, ...] = ()


class Invites(Table):
    """At most so many invitations reach a resident in 30 days.

    `asks_second_above`: what goes to more people than this needs a second coordinator's yes; None: never.
    """

    a_month: Annotated[int, Field(strict=True, ge=1, le=100)]
    asks_second_above: Annotated[int, Field(strict=True, ge=0)] | None = None


class Conversation(Table):
    """How long unfinished answers are kept after the last of them, and how long before there is consent."""

    expires_after: Duration
    without_consent: Duration
