"""Words that staff write in one language or more: which one a text is in, and what a reader of another gets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from bot.neighbourhood.work import Work
from conversations.words import Local, Words, _, fold, language_called

SCRIPTS = {"ar": ("\u0600", "\u06ff"), "uk": ("\u0400", "\u04ff")}
"""The first and the last sign of the script that tells a language, among those of the area."""
OFTEN = {
    "nl": "de het een en van op voor met je jij naar bij ook om wij zijn uur niet er aan kom nog jullie dit dat",
    "en": "the a an and of for with you your at to our this that are will bring come there from not it",
    "de": "der das und ein eine ist auf für mit wir bei um uhr nicht du ihr am im zum zur für den dem auch es",
    "pl": "i w na z się jest dla nie to o od przy oraz czy będzie godz godzinie zapraszamy",
    "tr": "ve bir bu için ile da de saat saatte çok ne var olacak gelin bizim sizin",
    "uk": "",
    "ar": "",
}
"""Small words that stand in nearly every sentence of a language, and in few of the others."""
_OFTEN = {language: frozenset(fold(words).split()) for language, words in OFTEN.items()}


def written_in(text: str, spoken: str, languages: Sequence[str]) -> str:
    """The language that a text is in, of these; empty where that is not certain.

    `spoken`: by who typed it. Where the text itself tells nothing and they speak the house's language, it is that.
    """
    for language, (first, last) in SCRIPTS.items():
        letters = [sign for sign in text if sign.isalpha()]
        if language in languages and letters and sum(first <= sign <= last for sign in letters) * 2 > len(letters):
            return language
    said = fold(text).split()
    hits = Counter({each: sum(word in _OFTEN.get(each, ()) for word in said) for each in languages})
    ((best, most), *others) = [*hits.most_common(2)]
    if most and all(most > count for _language, count in others):
        return best
    return spoken if spoken == languages[0] else ""


def language_name(work: Work, code: str) -> Words:
    """A language by its name in each of the area's languages."""
    names = language_called(code).by_language
    return Local({each: names.get(each, code) for each in work.catalogues.languages})


def house_first(
    work: Work, language: str, said: Mapping[str, str], said_in: Mapping[str, Mapping[str, str]]
) -> tuple[str, dict[str, str], dict[str, dict[str, str]]]:
    """The words that stand for all who don't read a language of their own; and those that were filled in besides.

    That is the house's language where it was filled in, else the one that it was written in: `language`, `said`.
    """
    filled = {each: {**said, **{part: text for part, text in words.items() if text}} for each, words in said_in.items()}
    house = work.area.languages[0]
    if house == language or house not in filled:
        return language, dict(said), filled
    first = filled.pop(house)
    return house, first, {language: dict(said), **filled}


def note(work: Work, written: str, also: Collection[str], reader: str) -> Words:
    """What tells a reader that it isn't in their language, where so. `also`: languages that it was filled in for."""
    if not written or reader == written or reader in also:
        return ""
    return _("This message is in {language}.", language=language_name(work, written))
