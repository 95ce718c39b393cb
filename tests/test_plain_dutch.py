"""The gate for plain Dutch lets kitchen-table Dutch through, and stops what an office would write."""

from __future__ import annotations

from tests.check_catalogues import ROOT
from tests.check_plain_dutch import check, residents_read

PLAIN = "Dank je wel. Een mens leest dit en je hoort het van ons."
HARD = (
    "De gemeentelijke verantwoordelijkheid betreffende openbare voorzieningen verplicht inwoners "
    "uitsluitend gebruik te maken van aangewezen inzamelingsvoorzieningen."
)


def test_what_residents_read_is_plain() -> None:
    found = {words: where for where, words in residents_read(ROOT)}
    assert len(found) > 200
    assert check(found) == []


def test_a_hard_message_is_named() -> None:
    mistakes = check({PLAIN: "here", HARD: "there"})
    assert any(line.startswith("there: ") and "hard to read" in line for line in mistakes)
    assert not any(line.startswith("here: ") for line in mistakes)


def test_many_hard_words_fail_the_average_though_each_message_is_short() -> None:
    mistakes = check({"Verantwoordelijkheidsverdeling": "a", "Belastingaangifteformulieren": "b"})
    assert [line for line in mistakes if line.startswith("on average")]
