"""Themes by themselves: by the area file's words, in any language, and never against what staff chose."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.neighbourhood import acts, themes
from bot.neighbourhood.guessed_theme import guessed
from bot.neighbourhood.work import Work
from bot.store.tables import Answer
from conversations.office_said import Heard
from conversations.questions import Told
from conversations.results import TwoAnswers
from tests.rules import Rules
from tests.rules import rules as running_rules


@pytest_asyncio.fixture
async def rules(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Rules]:
    async with running_rules(tmp_path, sqlite_url) as here:
        yield here


@pytest.mark.parametrize(
    ("said", "theme"),
    [
        ("De STOÉP is kapot en het is vies", "wonen"),
        ("There is no job here for young people", "werken"),
        ("نريد مدرسة جديدة", "leren"),
        ("Burası karanlık", "veiligheid"),
        ("Ludzie są samotni", "gezondheid"),
        ("In de Schoolstraat is het mooi", ""),
        ("Het is er donker, en er ligt afval", ""),  # as many of two: staff choose
        ("Het is er donker en onveilig, en er ligt afval", "veiligheid"),
        ("", ""),
    ],
)
async def test_the_words_tell(rules: Rules, said: str, theme: str) -> None:
    async with rules.around.working() as work:
        assert guessed(work, said) == theme


async def answered(rules: Rules, work: Work, told: Told) -> Answer:
    await acts.act(work, await rules.person(work, "Anna"), TwoAnswers(Told(), told))
    return (await work.session.scalars(select(Answer).order_by(Answer.id.desc()).limit(1))).one()


async def test_an_answer_has_its_theme_at_once_and_what_staff_choose_stays(rules: Rules) -> None:
    async with rules.around.working() as work:
        answer = await answered(rules, work, Told("Het is hier donker", "spoken"))
        assert answer.theme == "veiligheid"
        sanne = await rules.person(work, "Sanne")
        assert await themes.tag(work, sanne, f"A{answer.id}", "wonen")
        await acts.act(work, sanne, Heard(f"A{answer.id}", "Donker en onveilig"))
        assert answer.theme == "wonen"


async def test_what_was_spoken_gets_its_theme_when_it_is_written_down(rules: Rules) -> None:
    async with rules.around.working() as work:
        answer = await answered(rules, work, Told("", "spoken"))
        assert answer.theme == ""
        await acts.act(work, await rules.person(work, "Sanne"), Heard(f"A{answer.id}", "De huisarts is zo ver"))
        assert answer.theme == "gezondheid"


async def test_a_report_has_its_topics_theme_and_without_one_its_words(rules: Rules) -> None:
    async with rules.around.working() as work:
        assert (await rules.report(work, "Anna", "Zo donker en onveilig", "paving")).theme == "wonen"
        assert (await rules.report(work, "Anna", "Zo donker en onveilig", "other")).theme == "veiligheid"
        assert (await rules.report(work, "Anna", "Dat ding daar", "other")).theme == ""
