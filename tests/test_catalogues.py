"""The catalogues are in order; and on small made-up ones, each mistake is found."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from zoneinfo import ZoneInfo

import pytest

from conversations.words import Catalogues, Text
from tests.check_catalogues import OFFICE_WORDS, ROOT, check, main, read_source, source_files, update

NL = "bot/locales/nl/LC_MESSAGES/residents.po"
STAFF = "bot/locales/nl/LC_MESSAGES/staff.po"
HEADER = dedent(
    r"""
    msgid ""
    msgstr ""
    "Content-Type: text/plain; charset=utf-8\n"
    "Plural-Forms: nplurals=2; plural=(n != 1);\n"
    """
)
TREE = {
    "conversations/questions.py": 'SKIP = Option("skip", _("Skip"))\nSEND = _("Send")\n',
    "conversations/hello.py": dedent(
        """
        async def hello(talk):
            await talk.choose(_("Hello {name}! Type /help.", name=name), [Option("no", _("No, thank you"))])
            return n_("{count} photo", "{count} photos", count)
        """
    ),
    "bot/cards.py": dedent(
        """
        STEPS = {"take": s_("I take it"), "solve": s_("Solved")}
        COMMANDS = (Command("help", "hulp", s_("see what I can do")),)
        BUTTONS = [Button(render(label), step) for step, label in STEPS.items()]
        """
    ),
    "bot/simulator/page.py": '_("Not for anybody here")\n',
    "bot/areas/small.toml": dedent(
        """
        languages = ["nl", "en"]
        [[topics]]
        key = "rubbish"
        label.nl = "Afval op straat"
        label.en = "Rubbish in the street"
        [[neighbourhoods]]
        name = "Heksenberg"
        """
    ),
    NL: HEADER
    + dedent(
        """
        msgid "Hello {name}! Type /help."
        msgstr "Hallo {name}! Typ /hulp."

        msgid "No, thank you"
        msgstr "Nee, dank je"

        msgid "Send"
        msgstr "Versturen"

        msgid "Skip"
        msgstr "Overslaan"

        msgid "{count} photo"
        msgid_plural "{count} photos"
        msgstr[0] "een foto"
        msgstr[1] "{count} foto's"
        """
    ),
    STAFF: HEADER
    + dedent(
        """
        msgid "I take it"
        msgstr "Ik pak het op"

        msgid "Solved"
        msgstr "Opgelost"

        msgid "see what I can do"
        msgstr "zien wat ik kan"
        """
    ),
}
LONG = " ".join(["woord"] * 16)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small house whose catalogues are in order."""
    for name, content in TREE.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return tmp_path


def change(tree: Path, name: str, old: str, new: str) -> None:
    """Replace a piece of a file; an empty `old` adds to its end."""
    content = (tree / name).read_text("utf-8")
    assert old in content
    (tree / name).write_text(content.replace(old, new) if old else content + new, "utf-8")


def test_the_catalogues_are_in_order() -> None:
    mistakes = check(ROOT)
    assert not mistakes, "\n".join(mistakes)


def test_the_bot_speaks_dutch() -> None:
    words = Catalogues(ROOT / "bot" / "locales", ("nl", "en"), ZoneInfo("Europe/Amsterdam"))
    assert words.render(Text("Yes, that's fine"), "nl") == "Ja, dat is goed"
    assert words.render(Text("Show more", catalogue="staff"), "nl") == "Laat meer zien"
    assert words.render(Text("From now on in English."), "nl") == "Vanaf nu in het Nederlands."
    assert words.render(Text("From now on in English."), "en") == "From now on in English."
    for count, told in ((0, "0 foto's"), (1, "1 foto"), (3, "3 foto's")):
        photos = Text("{count} photo", {"count": count}, many="{count} photos", count=count)
        assert words.render(photos, "nl") == told


def test_the_labels_are_found_where_they_are_used() -> None:
    labels = {message for _catalogue, message in read_source(ROOT).labels}
    on_buttons = {
        "I'm proud of this",  # Option
        "Report something",  # Action, in a constant
        "Show more",  # Button, within work.render
        "I'm coming",  # Button, by a loop over a constant
        "Change the words",  # Line
        "Send it",  # confirm
        "Invite everybody",  # Confirmation
        "Send",
        "Yes",
        "Skip",
        "Share the spot",
    }
    assert on_buttons <= labels
    assert labels.isdisjoint({"What is it about?", "About", "Is this right?", "planned", "Thank you! We read it."})


def test_the_simulator_speaks_to_nobody(tree: Path) -> None:
    assert {path.name for path in source_files(tree)} == {"questions.py", "hello.py", "cards.py"}


def test_what_is_right_is_left_alone(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tree) == []
    assert main([], tree) == 0
    assert capsys.readouterr().out == "the catalogues are in order\n"


def test_strings_side_by_side_are_one_message(tree: Path) -> None:
    change(tree, "conversations/hello.py", '"Hello {name}! Type /help."', '\n "Hello {name}!"\n " Type /help."')
    change(tree, "conversations/hello.py", '_("No, thank you")', '_("No,"\n        " thank you")')
    assert check(tree) == []


def test_a_message_within_a_message(tree: Path) -> None:
    change(tree, "bot/cards.py", "", 'Option("so", s_("So: {that}", that=s_("a much longer label than would fit")))\n')
    update(tree)
    change(tree, STAFF, 'msgid "So: {that}"\nmsgstr ""', 'msgid "So: {that}"\nmsgstr "Dus: {that}"')
    mistakes = check(tree)
    assert len(mistakes) == 1
    assert "a much longer label than would fit" in mistakes[0]
    assert "not translated" in mistakes[0]


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        # what must be there
        (NL, 'msgstr "Nee, dank je"', 'msgstr ""', '"No, thank you" is not translated'),
        (NL, 'msgstr[1] "{count} foto\'s"', 'msgstr[1] ""', '"{count} photo" is not translated'),
        (NL, 'msgid "Skip"\nmsgstr "Overslaan"', "", '"Skip" is missing; --update adds it'),
        (STAFF, 'msgid "Solved"', '#, fuzzy\nmsgid "Solved"', '"Solved" is fuzzy'),
        (NL, "", '\nmsgid "Old"\nmsgstr "Oud"\n', '"Old" is not said any more; --update drops it'),
        (NL, "", '\n#~ msgid "Old"\n#~ msgstr "Oud"\n', '"Old" is obsolete; --update drops it'),
        (NL, "{count} photos", "{count} pictures", '"{count} photo" has another plural'),
        (NL, 'msgid "Skip"', '<<<<<<< HEAD\nmsgid "Skip"', f"{NL}: can't be read: "),
        ("bot/areas/small.toml", '["nl", "en"]', '["nl", "en", "pl"]', "pl/LC_MESSAGES/residents.po: is missing"),
        # placeholders
        (NL, "Hallo {name}!", "Hallo!", '{name} is missing in "Hallo! Typ /hulp."'),
        (NL, "Hallo {name}!", "Hallo {name} {naam}!", "{naam} is unknown in"),
        (NL, '"{count} foto\'s"', '"foto\'s"', '{count} is missing in "foto\'s"'),
        (NL, "Hallo {name}!", "Hallo {name}! {", "a brace too many or too few"),
        (NL, "Hallo {name}!", "Hallo {name:>9}!", "a placeholder is a plain name"),
        ("conversations/hello.py", ", name=name", "", '"Hello {name}! Type /help." gets no value for {name}'),
        # the code
        ("bot/cards.py", 's_("Solved")', 's_("Solved" + more)', "the message must be one plain string"),
        ("bot/cards.py", "", "s_(f'{more}')\n", "the message must be one plain string"),
        ("bot/cards.py", "", "s_(more)\n", "the message must be one plain string"),
        ("bot/cards.py", "", "s_(\n", "bot/cards.py: is not Python"),
        (
            "bot/cards.py",
            "",
            'n_("{count} photo", "{count} snaps", 2)\n',
            "has another plural in bot/cards.py:5",
        ),
        # how the house speaks
        (NL, "Typ /hulp.", f"{LONG}. Ja!", "a sentence of 16 words (15 at most)"),
        (NL, "Hallo {name}!", f"{LONG[6:]} {{name}}!", "a sentence of 16 words (15 at most)"),
        (NL, "Hallo {name}!", "Hallo {name}! " + "Dit is lang. " * 23, "characters (300 at most)"),
        (NL, "Hallo {name}! Typ /hulp.", "Uw hulp, {name}.", "say je, not 'Uw'"),
        (STAFF, "Opgelost", "Weet u het", "say je, not 'u'"),
        (STAFF, "zien wat ik kan", "een idee indienen", "an office word: 'indienen'"),
        (STAFF, "zien wat ik kan", "bewonersparticipatie", "an office word: 'bewonersparticipatie'"),
        (STAFF, "zien wat ik kan", "Melding in\u00a0behandeling", "an office word"),
        (NL, "/hulp", "/help", "there is no command /help in this language; it is /hulp"),
        (NL, "/hulp", "/halp", "there is no command /halp in this language"),
        ("bot/areas/small.toml", "Afval op straat", "Uw afval", "small.toml: topics.1.label.nl: say je"),
        # buttons
        (NL, "Nee, dank je", "Nee, dank je, vandaag maar niet", "is on a button: 31 characters (28 at most)"),
        (STAFF, "Ik pak het op", "Ik pak het op, want ik kan dit", "is on a button: 30 characters (28 at most)"),
        (NL, "Nee, dank je", "Overslaan!", 'the buttons "No, thank you" and "Skip" are both typed as "overslaan"'),
        (NL, "Nee, dank je", "Send", 'the buttons "No, thank you" and "Send" are both typed as "send"'),
        (NL, "Nee, dank je", "Afval op straat", 'small.toml rubbish" are both typed as "afval op straat"'),
    ],
)
def test_a_mistake_is_found(tree: Path, name: str, old: str, new: str, told: str) -> None:
    change(tree, name, old, new)
    mistakes = check(tree)
    assert [mistake for mistake in mistakes if told in mistake], mistakes
    assert all("\n" not in mistake for mistake in mistakes)
    if name in (NL, STAFF):
        assert len(mistakes) == 1, mistakes


def test_a_message_says_something_in_words(tree: Path) -> None:
    change(tree, NL, "Nee, dank je", "👎🏽")
    assert [each for each in check(tree) if 'says nothing in words: "👎🏽"' in each]


def test_english_is_held_to_the_same(tree: Path) -> None:
    change(tree, "conversations/hello.py", "", f'_("{LONG}.")\n')
    update(tree)
    change(tree, NL, f'msgid "{LONG}."\nmsgstr ""', f'msgid "{LONG}."\nmsgstr "Kort."')
    (mistake,) = check(tree)
    assert mistake.startswith('conversations/hello.py:5: "woord ')
    assert "a sentence of 16 words" in mistake


def test_staff_may_be_told_more(tree: Path) -> None:
    change(tree, STAFF, "zien wat ik kan", f"{LONG} {'lang ' * 60}")
    assert check(tree) == []


def test_each_office_word_would_be_found(tree: Path) -> None:
    change(tree, STAFF, "zien wat ik kan", "; ".join(word.replace("-", "") for word in OFFICE_WORDS))
    assert len([each for each in check(tree) if "an office word" in each]) == len(OFFICE_WORDS)


def test_a_form_for_one_number_may_leave_the_number_out(tree: Path) -> None:
    change(tree, NL, "een foto", "foto")
    assert check(tree) == []
    change(tree, NL, "plural=(n != 1)", "plural=(n > 1)")  # as in French: the first form is for nought, too
    assert [each for each in check(tree) if '{count} is missing in "foto"' in each]


def test_an_update_adds_keeps_and_drops(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(tree, "conversations/hello.py", '"No, thank you"', '"Rather not"')
    change(tree, NL, 'msgid "Skip"', '# a verb, please\nmsgid "Skip"')
    assert main(["--update"], tree) == 1
    assert capsys.readouterr().out.splitlines() == [
        f'{NL}: new: "Rather not"',
        f'{NL}: gone: "No, thank you", which was "Nee, dank je"',
        f'{NL}: "Rather not" is not translated',
        "1 mistakes",
    ]
    written = (tree / NL).read_text("utf-8")
    assert '# a verb, please\nmsgid "Skip"\nmsgstr "Overslaan"' in written
    assert 'msgstr[0] "een foto"\nmsgstr[1] "{count} foto\'s"' in written
    assert 'msgid "Rather not"\nmsgstr ""' in written
    assert "thank you" not in written


def test_an_update_says_nothing_of_when_and_where(tree: Path) -> None:
    change(tree, NL, HEADER, "# Read it aloud.\n#\n# Twice.\n" + HEADER.lstrip())
    update(tree)
    written = (tree / NL).read_text("utf-8")
    assert written.startswith('# Read it aloud.\n#\n# Twice.\nmsgid ""\nmsgstr ""\n"Language: nl\\n"\n')
    assert "Date" not in written
    assert "#:" not in written
    assert not list(tree.rglob("*.new"))


def test_a_second_update_changes_nothing(tree: Path) -> None:
    update(tree)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tree.rglob("*.po")}
    change(tree, "conversations/hello.py", "async def", "\n\n\nasync def")  # messages have moved, and are the same
    assert update(tree) == []
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tree.rglob("*.po")} == before


def test_an_update_keeps_line_breaks_quotes_and_long_lines(tree: Path) -> None:
    long = 'Regel één met „aanhaling” \\"zo\\" en \\\\ een streep.\\n' + "Nog een korte zin. " * 8
    change(tree, NL, "Nee, dank je", long)
    update(tree)
    assert f'msgstr "{long}"'.replace('msgstr "', "").replace("\\n", "") in (tree / NL).read_text("utf-8").replace(
        '\\n"\n"', ""
    )


def test_a_plural_that_comes_or_goes_is_translated_anew(tree: Path) -> None:
    change(
        tree, "conversations/hello.py", 'n_("{count} photo", "{count} photos", count)', '_("{count} photo", count=1)'
    )
    update(tree)
    assert [each for each in check(tree) if '"{count} photo" is not translated' in each]
    change(tree, NL, 'msgid "{count} photo"\nmsgstr ""', 'msgid "{count} photo"\nmsgstr "{count} foto"')
    assert check(tree) == []
    change(
        tree, "conversations/hello.py", '_("{count} photo", count=1)', 'n_("{count} photo", "{count} photos", count)'
    )
    update(tree)
    assert [each for each in check(tree) if '"{count} photo" is not translated' in each]


def test_a_fuzzy_translation_stays_so_until_somebody_looks(tree: Path) -> None:
    change(tree, NL, 'msgid "Skip"', '#, fuzzy\nmsgid "Skip"')
    update(tree)
    assert [each for each in check(tree) if each.endswith('"Skip" is fuzzy')]


def test_a_new_language_starts_as_a_folder(tree: Path) -> None:
    (tree / "bot/locales/ar").mkdir()
    update(tree)
    written = (tree / "bot/locales/ar/LC_MESSAGES/residents.po").read_text("utf-8")
    assert written.startswith("# What residents read.")
    assert "nplurals=6" in written
    assert 'msgstr[5] ""' in written
    assert not (tree / "bot/locales/ar/LC_MESSAGES/staff.po").exists()
    assert len([each for each in check(tree) if "bot/locales/ar/" in each and "is not translated" in each]) == 5


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("bot/cards.py", "", "def half_written(:\n"),
        (NL, 'msgid "Skip"', '>>>>>>> theirs\nmsgid "Skip"'),
    ],
)
def test_nothing_is_written_while_something_cannot_be_read(
    tree: Path, name: str, old: str, new: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change(tree, "conversations/hello.py", '"No, thank you"', '"Rather not"')
    change(tree, name, old, new)
    before = {path: path.read_bytes() for path in tree.rglob("*.po")}
    assert main(["--update"], tree) == 1
    assert {path: path.read_bytes() for path in tree.rglob("*.po")} == before
    assert capsys.readouterr().out.startswith(f"nothing was written: {name}: ")
