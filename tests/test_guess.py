"""What words seem to be about, in every language; what an emergency is; which name was nearly typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.neighbourhood.area import load_area
from conversations.alike import alike
from conversations.danger import is_danger
from conversations.guess import TOPICS, guess
from conversations.stems import Stems, folded, stems

AREA = load_area("heerlen-noord")
NAMES = [each.name for each in AREA.neighbourhoods]

SAID = {
    "paving": "losse tegel|a pothole in front of my door|der Gehweg ist kaputt|dziura w chodniku|حفرة في الرصيف|"
    "kaldırım bozuk|розбита плитка",
    "rubbish": "afval naast de bak|rubbish everywhere|Müll auf der Straße|śmieci na ulicy|قمامة في الشارع|"
    "sokakta çöp var|сміття біля будинку",
    "green": "het onkruid staat hoog|the grass is too high|die Hecke ist zu hoch|gałęzie drzewa|اشجار كبيرة|"
    "ağaç devrildi|кущі заросли",
    "lights": "de straatlantaarn is stuk|street light broken|die Straßenlaterne geht nicht|latarnia nie świeci|"
    "المصباح لا يعمل|sokak lambası yanmıyor|ліхтар не працює",
    "play": "de schommel is stuk|the swing is broken|die Rutsche ist kaputt|huśtawka|الأرجوحة مكسورة|"
    "salıncak kırık|гойдалка зламана",
    "traffic": "ze rijden te hard|cars speeding|falsch geparkt|samochody jeżdżą za szybko|سيارات مسرعة|"
    "arabalar çok hızlı|машини їздять",
    "animals": "hondenpoep|dog mess again|Hundekot|psie kupy|براز كلاب|köpek pisliği köpekler|собаки без повідця",
    "noise": "elke nacht herrie|loud music|zu laute Musik|hałas w nocy|ضجيج كل ليلة|gürültü var|гучна музика",
    "unsafe": "ik voel me onveilig|I am scared here|ich habe Angst|boję się|أنا خائف|korkuyorum|мені страшно",
    "home": "lekkage in de badkamer|a leak in my flat|die Heizung in der Wohnung|wilgoć w mieszkaniu|"
    "رطوبة في بيتي|evimde rutubet|цвіль у квартирі",
    "proud": "ik ben trots op de buren|so proud of our street|ich bin stolz|jestem dumna|أنا فخور|gurur duyuyorum|"
    "я пишаюся|wat is het hier mooi|what a lovely street",
    "idea": "ik heb een idee|we could plant flowers|ein Vorschlag|mam pomysł|عندي فكرة|bir fikrim var|"
    "пропоную посадити|zullen we een barbecue houden",
    "person": "ik wil iemand spreken|can I talk to somebody|ich habe eine Frage|mam pytanie|عندي سؤال|bir sorum var|"
    "у мене запитання|wanneer zijn jullie open?",
    "moved": "ik ben verhuisd|I have moved|ich bin umgezogen|przeprowadziłam się|taşındım|я переїхала",
    "hello": "hoi|Goedemorgen!|hello there|Guten Tag|dzień dobry|مرحبا|السلام عليكم|günaydın|добрий день|ja|?|👋",
    "thanks": "ok|dank je wel!|thanks a lot|vielen dank|dziękuję bardzo|شكرا جزيلا|teşekkür ederim|дуже дякую|👍|🙏",
}
"""What people say, by what it is about; a bar between two."""
CASES = [(about, text) for about, texts in SAID.items() for text in texts.split("|")]


@pytest.mark.parametrize(("about", "text"), CASES)
def test_words_are_about(about: str, text: str) -> None:
    assert guess(text) == about


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Ik ben trots op onze speeltuin", "proud"),  # what somebody wants comes before what it is about
        ("Ik ben niet trots op die rommel", "rubbish"),
        ("Het is hier niet mooi", None),
        ("Mooi is dat, overal afval", "rubbish"),
        ("De lamp bij de speeltuin, alweer die lamp", "lights"),  # the most words
        ("rommel bij de speeltuin", "rubbish"),  # the first of as many
        ("goedemorgen, er ligt een tegel los", "paving"),
        ("Een schuur vol spullen", None),
        ("asdf", None),
        ("", None),
        ("\u200b", None),
    ],
)
def test_which_rule_comes_first(text: str, about: str | None) -> None:
    assert guess(text) == about


@given(st.text(max_size=300))
def test_any_text_gets_the_same_guess_twice(text: str) -> None:
    about = guess(text)
    assert about == guess(text)
    assert about is None or about in {*TOPICS, "person", "idea", "proud", "moved", "hello", "thanks"}
    assert is_danger(text) is is_danger(text)
    assert set(alike(text, NAMES)) <= set(NAMES)


@given(st.sampled_from(CASES), st.text(alphabet=" .,!\n", max_size=3))
def test_case_and_signs_around_change_nothing(case: tuple[str, str], signs: str) -> None:
    about, text = case
    if folded(text) and "?" not in text:
        assert guess(signs + text.upper() + signs) == about or "ß" in text or "ı" in text


def test_every_topic_that_is_guessed_is_one_of_the_area() -> None:
    assert TOPICS.keys() | {"other"} == {topic.key for topic in AREA.topics}


def test_no_stem_points_to_two_topics_and_short_ones_are_whole_words() -> None:
    seen: dict[str, str] = {}
    for key, each in TOPICS.items():
        for stem in {*each.whole, *each.starts, *each.inside}:
            assert seen.setdefault(stem, key) == key, f"{stem} points to {seen[stem]} and to {key}"
        for stem in (*each.starts, *each.inside):
            assert len(stem) >= (4 if stem.isascii() else 3), f"{stem!r} is too short for the beginning of a word"


def test_how_stems_are_written() -> None:
    some = stems("tegel, *bord., mes., te. hard")
    assert isinstance(some, Stems)
    assert some.found_in(folded("De tegels, het verkeersbord en een mes: veel te hard!")) == [1, 3, 6, 8]
    assert some.found_in(folded("messen, teg, hard te")) == []
    assert stems("رصيف").found_in(folded("والرصيف مكسور")) == [0], "Arabic writes the article onto the word"


@pytest.mark.parametrize(
    "text",
    [
        "Er is brand in de flat", "iemand gewond", "hij heeft een mes", "inbraak bezig bij de buren", "ik ruik gas",
        "there is a fire", "my father can't breathe", "es brennt", "ein Mann ist verletzt", "pożar w piwnicy",
        "ktoś ma nóż", "هناك حريق", "رجل معه سكين", "yangın var", "adam yaralı", "пожежа в будинку", "людина поранена",
    ],
)  # fmt: skip
def test_an_emergency(text: str) -> None:
    assert is_danger(text)


@pytest.mark.parametrize(
    "text",
    [
        "brandnetels langs het pad", "de lamp brandt niet", "a brand new bench", "die Laterne brennt nicht",
        "lampa się nie pali", "ліхтар не горить", "losse tegel", "bericht over de messenger", "",
    ],
)  # fmt: skip
def test_no_emergency(text: str) -> None:
    assert not is_danger(text)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("heksenbrg", ["Heksenberg"]),
        ("ik woon in De Hei", ["De Hei"]),
        ("passart", ["Heerlerheide-Passart"]),
        ("Vrijheide", ["Vrieheide-De Stack"]),
        ("MARIA", ["Maria Gewanden en Terschuren", "Mariarade"]),
        ("lamp kapot", []),
        ("stank", []),
        ("afval in de Heulstraat", []),
        ("hei", ["De Hei"]),
        ("de", []),
    ],
)
def test_a_name_that_is_nearly_typed(typed: str, names: list[str]) -> None:
    assert alike(typed, NAMES) == names
