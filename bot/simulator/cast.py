"""Who one can be on the page, and what one might try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Words = str | Mapping[str, str]
# What to try: the words themselves, or a label and what it sends. "photo:paving Kijk eens" sends a ready-made picture.
Suggestion = str | tuple[str, str]


@dataclass(frozen=True)
class CastMember:
    """Somebody to be. `about` is one line, in one language or as {"en": …, "nl": …}."""

    key: str
    id: int
    first_name: str
    language_code: str = "nl"
    about: Words = ""
    suggestions: Sequence[Suggestion] = field(default_factory=tuple)
    office: bool = False


@dataclass(frozen=True)
class CastGroup:
    """A group of members of the cast, by their keys; the first speaks in it unless told otherwise."""

    key: str
    id: int
    title: str
    members: Sequence[str]
    about: Words = ""
    suggestions: Sequence[Suggestion] = field(default_factory=tuple)


DEFAULT_CAST = (
    CastMember(
        "wim",
        900001,
        "Wim",
        "nl",
        {"en": "Older man, speaks Dutch", "nl": "Oudere man, spreekt Nederlands"},
        (
            ("Meld een losse stoeptegel", "photo:paving Er ligt een stoeptegel los"),
            ("Meld onkruid", "Het onkruid staat anderhalve meter hoog"),
            ("Mijn meldingen", "/mine"),
        ),
    ),
    CastMember(
        "amina",
        900002,
        "Amina",
        "ar",
        {"en": "Young mother, speaks Arabic", "nl": "Jonge moeder, spreekt Arabisch"},
        (
            ("الإبلاغ عن بلاطة رصيف مكسورة", "photo:paving بلاطة الرصيف مكسورة أمام المدرسة"),
            ("فكرة: حفلة شواء مع الجيران", "أريد حفلة شواء مع الجيران"),
            ("بلاغاتي", "/mine"),
        ),
    ),
    CastMember(
        "john",
        900003,
        "John",
        "en",
        {"en": "New in the area, speaks English", "nl": "Nieuw in de buurt, spreekt Engels"},
        (
            ("Report rubbish", "photo:rubbish There is rubbish next to the container"),
            ("Suggest a bench at the pond", "/idea"),
            ("My reports", "/mine"),
        ),
    ),
    CastMember(
        "sanne",
        900004,
        "Sanne",
        "nl",
        {"en": "Coordinator, speaks Dutch", "nl": "Coördinator, spreekt Nederlands"},
        (
            ("Open meldingen bekijken", "/complaints"),
            ("Iedereen uitnodigen voor de barbecue", "/event"),
            ("Cijfers", "/stats"),
        ),
        office=True,
    ),
)
DEFAULT_GROUPS = (
    CastGroup(
        "office",
        -900010,
        "Kantoor",
        ("sanne",),
        {"en": "The staff's group", "nl": "De groep van het kantoor"},
        (("Open meldingen bekijken", "/complaints"), ("Cijfers", "/stats")),
    ),
)
# Made-up spots that lie about where Heerlen-Noord does.
DEFAULT_PLACES = (
    ("Schoolplein", 50.9201, 5.9531),
    ("Speeltuin", 50.9153, 5.9682),
    ("Winkels", 50.9245, 5.9664),
    ("Vijver", 50.9107, 5.9554),
)
