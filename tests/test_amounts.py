"""Amounts as people write them: read for certain or asked again, and never taken for another amount."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from bot.main import LOCALES
from conversations.amounts import MOST, Amount, read_amount
from conversations.hearing import Ear, hear
from conversations.inputs import Input, Said, Tapped, Voice
from conversations.number_words import LARGEST, spelled
from conversations.questions import NotThis
from conversations.talk import Asks, Ends, Place, Talk, play
from conversations.talk import Said as Document
from conversations.words import Catalogues, Money, Text

LANGUAGES = ("nl", "en", "de", "pl", "ar", "tr", "uk")
CENTS = st.one_of(st.integers(1, MOST), st.integers(1, MOST // 100).map(lambda euros: euros * 100))
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("50", 5000),
        ("€ 50,-", 5000),
        ("50,--", 5000),
        ("€50,=", 5000),
        ("50.00", 5000),
        ("50,5", 5050),
        ("1.250,50", 125_050),
        ("1,250.50", 125_050),
        ("1.250", 125_000),
        ("1.234.567,89", 123_456_789),
        ("1'250", 125_000),
        ("1\u00a0250", 125_000),
        ("12\u202f500,00 €", 1_250_000),
        ("50 euro", 5000),
        ("EUR 50", 5000),
        ("50 euro!", 5000),
        ("0,99", 99),
        ("50 cent", 50),
        ("50 eurocent", 50),
        ("12345 cent", 12_345),
        ("vijftig cent", 50),
        ("fünfzig Cent", 50),
        ("2 euro 50", 250),
        ("2 euro en 5 cent", 205),
        ("٥٠", 5000),
        ("۵۰ يورو", 5000),
        ("١٬٢٥٠٫٥٠", 125_050),
        ("５０", 5000),
        ("５０，５０ €", 5050),
        ("１．２５０", 125_000),
        ("5️⃣0️⃣", 5000),
        ("vijftig", 5000),
        ("Vijftig euro", 5000),
        ("tweehonderdvijfentwintig", 22_500),
        ("twee honderd vijf en twintig", 22_500),
        ("vijftienhonderd euro", 150_000),
        ("fifty", 5000),
        ("a hundred and twenty-one", 12_100),
        ("fünfzig", 5000),
        ("zweitausenddreihundert", 230_000),
        ("sto pięćdziesiąt", 15_000),
        ("dwa tysiące", 200_000),
        ("خمسون يورو", 5000),
        ("ثلاثة آلاف وخمسمئة", 350_000),
        ("iki yüz elli", 25_000),
        ("bin beş yüz avro", 150_000),
        ("п'ятдесят", 5000),
        ("п\u02bcятсот двадцять", 52_000),
        ("дві тисячі", 200_000),
    ],
)
def test_an_amount_is_understood(text: str, cents: int) -> None:
    assert read_amount(text).cents == cents


@pytest.mark.parametrize(
    ("text", "perhaps"),
    [
        ("tussen 50 en 100", [5000, 10_000]),
        ("50-100", [5000, 10_000]),
        ("50 à 60", [5000, 6000]),
        ("vijftig of honderd", [5000, 10_000]),
        ("vijf, tien", [500, 1000]),
        ("100 200", [10_020_000, 10_000, 20_000]),
        ("1,250", [125_000]),
        ("ongeveer 50", [5000]),
        ("50 per persoon", [5000]),
        ("-50", [5000]),
        ("50?", [5000]),
        ("2 euro 5", [200, 500]),
        ("2 duizend", [200_000]),
        ("on", [1000]),
        ("bin", [100_000]),
        ("vijf tien", [500, 1000]),
        ("$50", []),
        ("50 zł", []),
        ("50 zl", []),
        ("vijf euro vijftig cent", []),  # never €50
        ("cent 50", []),
        ("een cent", [1]),
        ("2x50", []),
        ("1e3", []),
        ("€€", []),
        ("1 000", [100_000, 100]),
        ("min vijftig", [5000]),
        ("99999999999 cent", []),
        ("50%", []),
        ("5²", []),
        ("10x5", []),
        ("½", []),
        ("0", []),
        ("0,250", []),
        ("1.25.50", []),
        ("1.234,567", []),
        ("9" * 60, []),
        ("een paar tientjes", []),
        ("honderdduizend", []),
        ("", []),
        ("50 euro " * 99, []),
    ],
)
def test_what_is_not_certain_is_asked(text: str, perhaps: list[int]) -> None:
    reading = read_amount(text)
    assert reading.cents is None
    assert list(reading.perhaps) == perhaps


@given(CENTS, st.sampled_from(LANGUAGES), st.sampled_from(["¤#,##0.00", "#,##0.00 ¤", "¤ #,##0.00", "#,##0.00"]))
def test_what_babel_writes_is_read_as_the_same_or_asked(cents: int, language: str, form: str) -> None:
    amount = Decimal(cents) / 100
    for text in (
        format_currency(amount, "EUR", locale=language),
        format_currency(amount, "EUR", form, locale=language),
        format_currency(amount, "EUR", format_type="name", locale=language),
        format_decimal(amount, locale=language),
        format_decimal(amount, locale=language, group_separator=False),
    ):
        assert read_amount(text).cents in (cents, None), text
    assert read_amount(format_currency(amount, "EUR", locale=language)).cents == cents, "with its cents it is certain"


@given(CENTS, st.sampled_from(LANGUAGES))
def test_what_the_bot_itself_writes_is_read_as_the_same_or_asked(cents: int, language: str) -> None:
    catalogues = Catalogues(LOCALES, LANGUAGES, ZoneInfo("Europe/Amsterdam"))
    written = catalogues.render(Text("{amount}", {"amount": Money(cents)}), language)
    reading = read_amount(written)
    assert reading.cents in (cents, None), written
    assert reading.cents == cents or cents in reading.perhaps, written


@given(st.integers(1, MOST // 100), st.sampled_from(["arab", "arabext"]))
def test_digits_of_the_east_are_the_same_digits(euros: int, numbers: str) -> None:
    text = format_currency(euros, "EUR", locale="ar_EG" if numbers == "arab" else "fa", numbering_system=numbers)
    assert read_amount(text).cents in (euros * 100, None)
    zero = {"arab": 0x660, "arabext": 0x6F0}[numbers]
    assert read_amount("".join(chr(zero + int(digit)) for digit in str(euros))).cents == euros * 100


@given(st.text(max_size=60))
def test_anything_at_all_can_be_typed(text: str) -> None:
    reading = read_amount(text)
    assert reading.cents is None or reading.cents > 0
    assert all(each > 0 for each in reading.perhaps)
    number = spelled(text)
    assert number is None or 0 <= number <= LARGEST


@given(st.integers(1, 9999), st.integers(1, 9999), st.sampled_from([" ", "-", " - ", "/", " en ", " of ", ", ", "–"]))
def test_two_amounts_are_never_taken_for_one(first: int, second: int, between: str) -> None:
    reading = read_amount(f"{first}{between}{second}")
    if between == ", " or (between == " " and len(str(second)) == 3):
        assert reading.cents is None  # 1 250 may be one amount; so it is asked
    else:
        assert reading.cents is None
        assert {first * 100, second * 100} & set(reading.perhaps)


async def costs(talk: Talk) -> int:
    return await talk.amount("amount", "How much?", most=100_000)


def said(document: Document, given: Input) -> list[str]:
    stands_at = play(costs, document, Place("", [], []))
    assert isinstance(stands_at, Asks)
    spell = Catalogues(LOCALES, LANGUAGES, ZoneInfo("Europe/Amsterdam")).spellings
    heard = hear(given, document, stands_at, Ear(0, TODAY, spell))
    again = play(costs, document, Place("", [], []))
    offered = [option.key for option in again.question.options()] if isinstance(again, Asks) else []
    return [*(each.message for each in heard.notes if isinstance(each, Text)), *offered]


def test_the_question_offers_what_may_be_meant_and_takes_a_tap() -> None:
    document = Document()
    assert said(document, Said("ergens tussen 50 en 100")) == [
        "Which amount do you mean? Tap it, or type it again.",
        "c5000",
        "c10000",
    ]
    assert said(document, Said("veel")) == ["Please type an amount in euros, like {example}."]
    assert said(document, Tapped("c5000", 0)) == ["That button doesn't work here. We are here now:"]
    assert said(document, Said("ongeveer 60"))[1:] == ["c6000"]
    said(document, Tapped("c6000", 0))
    assert play(costs, document, Place("", [], [])) == Ends(6000)
    assert not document.chosen, "asked once more, it offers nothing of the time before"


def test_who_says_yes_to_the_one_amount_has_said_it() -> None:
    document = Document()
    said(document, Said("ongeveer 60"))
    said(document, Said("Ja"))
    assert play(costs, document, Place("", [], [])) == Ends(6000)


@pytest.mark.parametrize("given_", [Said("1000,01"), Said("0"), Said("-"), Voice("v", 3)])
def test_what_is_too_much_or_none_is_refused(given_: Input) -> None:
    with pytest.raises(NotThis) as refused:
        Amount("amount", "", most=100_000).take(given_, TODAY)
    assert not refused.value.offers
