"""Who one can be on the page, and what one might try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Words = str | Mapping[str, str]
# What to try: the words themselves, or a label and what it sends; "photo:paving Kijk eens" sends a ready-made picture.
# "reply:Komt goed" answers the bot's newest message.
# With a third part it is an answer: shown only while the bot's newest message holds one of these words ("a|b").
Suggestion = str | tuple[Words, str] | tuple[Words, str, str]


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


_IN_DUTCH: tuple[Suggestion, ...] = (
    ({"en": "Report a loose paving stone", "nl": "Meld een losse stoeptegel"}, "photo:paving Er ligt een tegel los"),
    ({"en": "Two questions", "nl": "Twee vragen"}, "/vragen"),
    ({"en": "An idea", "nl": "Een idee"}, "/idee"),
    ({"en": "What is there to do?", "nl": "Wat is er te doen?"}, "/agenda"),
    ({"en": "My reports", "nl": "Mijn meldingen"}, "/mijn"),
    ({"en": "Talk to a person", "nl": "Praten met een mens"}, "/mens"),
    ("Mag ik jullie bellen?", "Mag ik jullie bellen? Het gaat over mijn huur.", "Wat wil je zeggen of vragen?"),
    ("Er ligt een tegel los", "Er ligt een tegel los", "Wat is er aan de hand?"),
    ("Heulstraat, voor nummer 12", "Heulstraat, voor nummer 12", "Waar is het?"),
    ({"en": "Photo of the paving stone", "nl": "Foto van de tegel"}, "photo:paving", "Heb je een foto?"),
    ("Hij wiebelt alweer", "Hij wiebelt alweer", "Wat is er nog mis?"),
    ("Op mijn buren. We letten op elkaar.", "Op mijn buren. We letten op elkaar.", "Waar ben je trots op"),
    ("Het onkruid staat anderhalve meter hoog", "Het onkruid staat anderhalve meter hoog", "wat moet er beter?"),
    ("Een jeu-de-boulesbaan", "Een jeu-de-boulesbaan naast het buurthuis, voor de ouderen", "Wat is je idee"),
    ("Mijn buurman en ik", "Mijn buurman en ik", "Wie doen er mee?"),
    ("150 euro", "150 euro voor zand en planken", "Wat kost het ongeveer?"),
)
_IN_ENGLISH: tuple[Suggestion, ...] = (
    ({"en": "Report rubbish", "nl": "Meld zwerfafval"}, "photo:rubbish There is rubbish next to the container"),
    ({"en": "Two questions", "nl": "Twee vragen"}, "/questions"),
    ({"en": "An idea", "nl": "Een idee"}, "/idea"),
    ({"en": "What is there to do?", "nl": "Wat is er te doen?"}, "/events"),
    ({"en": "Talk to a person", "nl": "Praten met een mens"}, "/person"),
    ("When does the library open?", "When does the library open?", "What do you want to say or ask?"),
    ("There is rubbish next to the container", "There is rubbish next to the container", "What is going on?"),
    ("Next to the school", "Next to the school", "Where is it?"),
    ({"en": "Photo of the rubbish", "nl": "Foto van het afval"}, "photo:rubbish", "Do you have a photo?"),
    ("It is full again", "It is full again", "What is still wrong?"),
    ("My neighbours helped me a lot", "My neighbours helped me a lot", "What are you proud of|What makes you proud?"),
    ("A place to practise Dutch", "A place to practise Dutch", "what must be better?"),
    ("A bench at the pond", "A bench at the pond", "What is your idea"),
    ("My neighbour and I", "My neighbour and I", "Who is joining in?"),
    ("150 euros", "150 euros", "how much will it cost?"),
)
# She writes Arabic; what the bot says to her is in the language that it has (or that she chose).
_IN_ARABIC: tuple[Suggestion, ...] = (
    (
        {"en": "Report a broken paving stone", "nl": "Meld een kapotte stoeptegel"},
        "photo:paving بلاطة الرصيف مكسورة أمام المدرسة",
    ),
    ({"en": "Two questions", "nl": "Twee vragen"}, "/questions"),
    ({"en": "What is there to do?", "nl": "Wat is er te doen?"}, "/events"),
    ({"en": "My reports", "nl": "Mijn meldingen"}, "/mine"),
    ({"en": "Talk to a person", "nl": "Praten met een mens"}, "/person"),
    (
        "هل يوجد درس للغة الهولندية؟",
        "هل يوجد درس للغة الهولندية؟",
        "Wat wil je zeggen of vragen?|What do you want to say or ask?|ما كلامك أو سؤالك لنا",
    ),
    ("بلاطة الرصيف مكسورة", "بلاطة الرصيف مكسورة", "Wat is er aan de hand?|What is going on?|ماذا يجري"),
    ("أمام المدرسة", "أمام المدرسة", "Waar is het?|Where is it?|أين هذا"),
    ("ما زالت مكسورة", "ما زالت مكسورة", "Wat is er nog mis?|What is still wrong?|ما الذي بقي"),
    ("جيراني لطفاء جدًا", "جيراني لطفاء جدًا", "Waar ben je trots op|What are you proud of|بماذا تفتخر في حيّك"),
    ("مكان تلعب فيه البنات", "مكان تلعب فيه البنات", "wat moet er beter?|what must be better?|وما الذي يجب أن يتحسن"),
)
_AT_THE_OFFICE: tuple[Suggestion, ...] = (
    ({"en": "Open complaints", "nl": "Open meldingen"}, "/meldingen"),
    ({"en": "Late", "nl": "Te laat"}, "/meldingen laat"),
    ({"en": "Ideas", "nl": "Ideeën"}, "/ideeen"),
    ({"en": "Figures", "nl": "Cijfers"}, "/cijfers"),
    ({"en": "Excel", "nl": "Excel"}, "/exporteer meldingen"),
    ({"en": "Invite everyone to the barbecue", "nl": "Nodig iedereen uit voor de barbecue"}, "/evenement"),
    ("De tegel ligt weer vast.", "De tegel ligt weer vast.", "wat is er gedaan?"),
    ({"en": "Photo of the result", "nl": "Foto van hoe het nu is"}, "photo:mended", "foto van hoe het nu is"),
    ("We komen om negen uur.", "We komen om negen uur.", "Wat moet de melder erover weten?"),
    ("Hier is geen ruimte voor.", "Hier is geen ruimte voor.", "waarom kan het niet?"),
    ("250", "250", "hoeveel euro?"),
    ("Mooi idee! Kom je eens langs?", "Mooi idee! Kom je eens langs?", "bedenker erover weten?|je antwoord?"),
    ("Het geld voor dit jaar is op.", "Het geld voor dit jaar is op.", "waarom nu niet?"),
    ("Barbecue in het park", "Barbecue in het park", "Hoe heet het?"),
    ("overmorgen 17:00", "overmorgen 17:00", "Wanneer begint het?"),
    ("Buurtpark, bij de vijver", "Buurtpark, bij de vijver", "typ waar het is"),
    ("Neem je buren mee!", "Neem je buren mee! Eten en drinken zijn gratis.", "Wat moeten mensen nog meer weten?"),
)
DEFAULT_CAST = (
    CastMember(
        "wim", 900001, "Wim", "nl", {"en": "Older man, speaks Dutch", "nl": "Oudere man, spreekt Nederlands"}, _IN_DUTCH
    ),
    CastMember(
        "amina",
        900002,
        "Amina",
        "ar",
        {"en": "Young mother, new here, speaks Arabic", "nl": "Jonge moeder, nieuw hier, spreekt Arabisch"},
        _IN_ARABIC,
    ),
    CastMember(
        "john",
        900003,
        "John",
        "en",
        {"en": "New here, speaks English", "nl": "Nieuw hier, spreekt Engels"},
        _IN_ENGLISH,
    ),
    CastMember(
        "sanne",
        900004,
        "Sanne",
        "nl",
        {"en": "Works at the office", "nl": "Werkt op het kantoor"},
        _AT_THE_OFFICE,
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
        (
            (
                {"en": "Answer: I'll find out for you", "nl": "Antwoord: ik zoek het voor je uit"},
                "reply:Dat zoek ik voor je uit. Je hoort het vandaag van mij.",
                "Beantwoord dit bericht.",
            ),
        ),
    ),
)
# Made-up spots that lie about where Heerlen-Noord does.
DEFAULT_PLACES = (
    ("Schoolplein", 50.9201, 5.9531),
    ("Speeltuin", 50.9153, 5.9682),
    ("Winkels", 50.9245, 5.9664),
    ("Vijver", 50.9107, 5.9554),
)
