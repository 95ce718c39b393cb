"""Holds the catalogues to what the code says and to how the house speaks; one line for each mistake.

`python -m tests.check_catalogues` checks. With `--update` it first brings every .po file up to date: new messages come
in empty, old ones go (and are printed with their translation), the rest stays as it is. A new language is a new folder
in `bot/locales` and an `--update`.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from gettext import c2py
from io import BytesIO
from itertools import combinations
from pathlib import Path
from string import Formatter
from typing import Any, cast

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import PoFileError, read_po, write_po

from conversations.words import SOURCE_LANGUAGE, fold

ROOT = Path(__file__).parent.parent
KEYWORDS: dict[str, dict[str, tuple[int, ...] | None]] = {
    "residents": {"_": None, "n_": (1, 2)},
    "staff": {"s_": None, "sn_": (1, 2)},
}
STAFF_SPEAK = frozenset({"nl"})
"""Besides English; a catalogue for staff in another language is checked where there is one."""

WORDS_IN_A_SENTENCE = 15
CHARACTERS_IN_A_MESSAGE = 300
CHARACTERS_ON_A_BUTTON = 28
LABELS = {
    "Option": (1, "label"),
    "Action": (0, "label"),
    "Button": (0, "label"),
    "Line": (3, "change"),
    "confirm": (2, "send"),
    "Confirmation": (3, "send"),
    "_spot_keyboard": (0, "share"),
}
"""Which argument of what becomes the words on a button."""
STEERING = "conversations/questions.py"
"""The messages at the top of this file (skip, back, stop, send) stand on the buttons that any question may have."""

FORMAL = re.compile(r"\b(u|uw|uzelf)\b", re.IGNORECASE)
OFFICE_WORDS = (
    *("aangaande", "afdeling-", "afgehandeld-", "afhandel-", "alsmede", "alvorens", "behoudens", "betreffende"),
    *("bovengenoemd-", "communicer-", "conform", "derhalve", "desbetreffende", "desgewenst", "dienen te", "dient te"),
    *("door middel van", "doorlooptijd-", "eveneens", "-facilite-", "gaarne", "geachte", "gelieve", "gerealiseerd-"),
    *("geschiedt", "hieromtrent", "hiertoe", "implement-", "in behandeling", "in het kader van", "indien-"),
    *("ingediend-", "ingevolge", "inzake", "jegens", "met betrekking tot", "middels", "naar aanleiding van", "omtrent"),
    *("onderhavig-", "optimaliser-", "-participatie-", "participe-", "realisatie-", "realiser-", "reeds"),
    *("stakeholder-", "te allen tijde", "ten aanzien van", "ten behoeve van", "ten gevolge", "teneinde"),
    *("terugkoppel-", "terzake", "tevens", "thans", "trachten", "verschaffen", "verstrekken", "wethouder-"),
    *("woonachtig", "zulks"),
)
"""What nobody says at the kitchen table; a dash stands for any beginning or end."""


class Unreadable(Exception):
    """A file can't be read, so nothing can be said about the rest; the one line says which."""


@dataclass(slots=True)
class Said:
    """A message in the source: one form, or the two of a plural; and where it is said first."""

    forms: tuple[str, ...]
    where: str

    @property
    def key(self) -> str:
        return self.forms[0]


@dataclass(slots=True)
class Source:
    """What the code says: messages by catalogue, buttons by keyboard, commands (English → Dutch), and its mistakes."""

    messages: dict[str, dict[str, Said]] = field(default_factory=lambda: {name: {} for name in KEYWORDS})
    keyboards: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    steering: set[tuple[str, str]] = field(default_factory=set)
    commands: dict[str, str] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)

    @property
    def labels(self) -> list[tuple[str, str]]:
        """Each button's catalogue and message."""
        return sorted(self.steering.union(*self.keyboards.values()))


# --- Reading the code ---------------------------------------------------------------------------------------


def read_source(root: Path) -> Source:
    """All that the code says. Raises `Unreadable`."""
    source = Source()
    for path in source_files(root):
        name = path.relative_to(root).as_posix()
        try:
            tree = ast.parse(path.read_text("utf-8"), name)
        except (SyntaxError, UnicodeDecodeError) as error:
            raise Unreadable(f"{name}: is not Python: {error}") from None
        for catalogue, keywords in KEYWORDS.items():
            extracted = extract_from_file("python", path, keywords=cast("Any", keywords), comment_tags=())
            for line, found, *_rest in extracted:
                _add(source, catalogue, found if isinstance(found, tuple) else (found,), f"{name}:{line}")
        _read_calls(source, name, tree)
    return source


def source_files(root: Path) -> list[Path]:
    """The modules that may speak to somebody: the simulator doesn't."""
    files = [path for folder in ("bot", "conversations") for path in sorted((root / folder).rglob("*.py"))]
    return [path for path in files if not path.is_relative_to(root / "bot" / "simulator")]


def _add(source: Source, catalogue: str, forms: tuple[str, ...], where: str) -> None:
    messages = source.messages[catalogue]
    before = messages.get(forms[0])
    if before is None or len(before.forms) < len(forms):
        messages[forms[0]] = Said(forms, before.where if before else where)
    elif len(before.forms) == len(forms) == 2 and before.forms != forms:
        source.mistakes.append(f"{where}: {show(forms[0])} has another plural in {before.where}")


def _read_calls(source: Source, name: str, tree: ast.Module) -> None:
    module = _Module(tree)
    for statement in tree.body:
        scope = f"{name}:{statement.lineno}"
        if name == STEERING and isinstance(statement, ast.Assign):
            source.steering |= set(module.messages_in(statement.value, statement))
        for call in ast.walk(statement):
            if not isinstance(call, ast.Call):
                continue
            called = _name(call.func)
            where = f"{name}:{call.lineno}"
            if catalogue := _catalogue(called):
                source.mistakes += _mistakes_in_call(source, catalogue, call, where)
            if called in LABELS and (label := _argument(call, *LABELS[called])) is not None:
                found = set(module.messages_in(label, call))
                source.keyboards.setdefault(scope, set()).update(found)
            if called == "Command" and len(names := [_constant(each) for each in call.args[:2]]) == 2 and all(names):
                source.commands[names[0] or ""] = names[1] or ""


def _mistakes_in_call(source: Source, catalogue: str, call: ast.Call, where: str) -> Iterator[str]:
    """A message that Babel can't read, or one whose values don't come with it."""
    wanted = 2 if _name(call.func) in ("n_", "sn_") else 1
    forms = [_constant(each) for each in call.args[:wanted]]
    if len(forms) != wanted or None in forms or (forms[0] or "") not in source.messages[catalogue]:
        yield f"{where}: the message must be one plain string, between the brackets of {_name(call.func)}(…)"
        return
    if any(keyword.arg is None for keyword in call.keywords):
        return
    given = {keyword.arg for keyword in call.keywords} | ({"count"} if wanted == 2 else set())
    for form in forms:
        for missing in sorted(_placeholders(form or "", lambda _why: None) - given):
            yield f"{where}: {show(form or '')} gets no value for {{{missing}}}"


class _Module:
    """A module in which a name can be followed to the messages that it stands for."""

    def __init__(self, tree: ast.Module) -> None:
        self._parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
        self._meanings: dict[str, ast.expr] = {}
        classes = [each.body for each in ast.walk(tree) if isinstance(each, ast.ClassDef)]
        for body in (tree.body, *classes):
            for statement in body:
                if isinstance(statement, ast.Assign):
                    self._meanings |= {_name(target): statement.value for target in statement.targets}
                elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                    self._meanings[_name(statement.target)] = statement.value

    def messages_in(self, node: ast.expr, at: ast.AST) -> Iterator[tuple[str, str]]:
        """Catalogue and message of each message below this node, also behind names of the module and of loops."""
        seen: set[str] = set()
        waiting: list[ast.AST] = [node]
        while waiting:
            each = waiting.pop()
            if isinstance(each, ast.Call) and (catalogue := _catalogue(_name(each.func))):
                if each.args and (message := _constant(each.args[0])):
                    yield catalogue, message
                continue  # what stands inside it is a value, no label
            if isinstance(each, ast.Name | ast.Attribute) and (name := _name(each)) not in seen:
                seen.add(name)
                waiting += [self._meanings[name]] if name in self._meanings else []
                waiting += self._looped_over(name, at) if isinstance(each, ast.Name) else []
            waiting += ast.iter_child_nodes(each)

    def _looped_over(self, name: str, at: ast.AST) -> Iterator[ast.expr]:
        while at in self._parents:
            at = self._parents[at]
            loops: Sequence[ast.comprehension | ast.For] = [at] if isinstance(at, ast.For) else []
            if isinstance(at, ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp):
                loops = at.generators
            for loop in loops:
                if name in {_name(each) for each in ast.walk(loop.target) if isinstance(each, ast.Name)}:
                    yield loop.iter


def _catalogue(called: str) -> str | None:
    return next((catalogue for catalogue, keywords in KEYWORDS.items() if called in keywords), None)


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    by_name = next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
    return by_name or next(iter(call.args[position : position + 1]), None)


def _constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


# --- Catalogues ---------------------------------------------------------------------------------------------


def languages(root: Path) -> list[str]:
    """Those with a folder, and those that an area speaks; not the source language, which needs no catalogue."""
    folders = {path.name for path in (root / "bot" / "locales").glob("*") if path.is_dir()}
    spoken = {each for _name, area in areas(root) for each in area.get("languages", [])}
    return sorted(folders | (spoken - {SOURCE_LANGUAGE}))


def catalogue_files(root: Path) -> Iterator[tuple[str, str, Path]]:
    """Language, catalogue and path of every catalogue that has to be there, and of those that are there besides."""
    for language in languages(root):
        folder = root / "bot" / "locales" / language / "LC_MESSAGES"
        for catalogue in KEYWORDS:
            path = folder / f"{catalogue}.po"
            if catalogue == "residents" or language in STAFF_SPEAK or path.exists():
                yield language, catalogue, path


def read_catalogue(path: Path, language: str) -> Catalog:
    """A catalogue as the bot reads it. Raises `Unreadable`."""
    try:
        return read_po(BytesIO(path.read_bytes()), locale=language, abort_invalid=True)
    except (PoFileError, ValueError, AssertionError) as error:
        raise Unreadable(f"{path}: can't be read: {' '.join(str(error).split())}") from None


def areas(root: Path) -> list[tuple[str, dict[str, Any]]]:
    """The area files by name, as plain tables."""
    paths = sorted((root / "bot" / "areas").glob("*.toml"))
    return [(path.relative_to(root).as_posix(), tomllib.loads(path.read_text("utf-8"))) for path in paths]


# --- Bringing the catalogues up to date ---------------------------------------------------------------------


def update(root: Path) -> list[str]:
    """Write every catalogue anew from the source and what was translated; what has changed. Raises `Unreadable`."""
    source = read_source(root)
    found = [(*each, read_catalogue(each[2], each[0]) if each[2].exists() else None) for each in catalogue_files(root)]
    changes: list[str] = []
    for language, catalogue, path, old in found:
        new = Catalog(locale=language)
        wanted = source.messages[catalogue]
        for key, said in wanted.items():
            kept = old.get(key) if old else None
            if kept is None:
                changes.append(f"{path.relative_to(root)}: new: {show(key)}")
            new[_id(said)] = _message(said, kept, new.num_plurals)
        changes += [
            f"{path.relative_to(root)}: gone: {show(_key(each))}, which was {show(_strings(each))}"
            for each in old or ()
            if each.id and _key(each) not in wanted
        ]
        content = _header(path, language, catalogue, new) + _body(new)
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(".po.new")
            fresh.write_bytes(content)
            fresh.replace(path)
    return changes


def _message(said: Said, kept: Message | None, plurals: int) -> Message:
    """The message with its translation, or without one where a plural has come or gone."""
    several = len(said.forms) > 1
    empty: Any = ("",) * plurals if several else ""
    if kept is None:
        return Message(_id(said), empty)
    fits = isinstance(kept.string, list | tuple) == several and (not several or len(kept.string or ()) == plurals)
    flags = kept.flags & {"fuzzy"}
    return Message(_id(said), kept.string if fits else empty, flags=flags, user_comments=kept.user_comments)


def _body(catalogue: Catalog) -> bytes:
    written = BytesIO()
    write_po(written, catalogue, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    return written.getvalue().strip(b"\n") + b"\n"


def _header(path: Path, language: str, catalogue: str, new: Catalog) -> bytes:
    """The comment at the file's top as it was, and the little that gettext needs: no dates, no names."""
    comment = [f"# What {catalogue} read. After a change in the code: python -m tests.check_catalogues --update"]
    if path.exists():
        lines = path.read_text("utf-8").splitlines()
        first = next((number for number, line in enumerate(lines) if not re.match(r"#( |$)", line)), 0)
        comment = lines[:first] or comment
    plurals = f"Plural-Forms: {new.plural_forms}"
    fields = (f"Language: {language}", "Content-Type: text/plain; charset=utf-8", plurals)
    lines = [*comment, 'msgid ""', 'msgstr ""', *(f'"{each}\\n"' for each in fields), "", ""]
    return "\n".join(lines).encode()


def _id(said: Said) -> Any:
    return said.forms if len(said.forms) > 1 else said.key


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _strings(message: Message) -> tuple[str, ...]:
    string = message.string or ""
    return (string,) if isinstance(string, str) else tuple(each or "" for each in string)


# --- Checking -----------------------------------------------------------------------------------------------


def check(root: Path) -> list[str]:
    """Every mistake, one line each."""
    try:
        source = read_source(root)
        catalogues = {
            (language, catalogue): (path, read_catalogue(path, language) if path.exists() else None)
            for language, catalogue, path in catalogue_files(root)
        }
    except Unreadable as unreadable:
        return [str(unreadable).replace(f"{root}/", "")]
    mistakes = list(source.mistakes)
    rendered: dict[tuple[str, str, str], Sequence[str]] = {}
    for catalogue, messages in source.messages.items():
        for key, said in messages.items():
            rendered[SOURCE_LANGUAGE, catalogue, key] = said.forms
            mistakes += _mistakes_in_forms(said, said.forms, f"{said.where}: {show(key)}", Catalog(locale="en"))
            for form in said.forms:
                mistakes += _style(form, SOURCE_LANGUAGE, catalogue, f"{said.where}: {show(key)}", source.commands)
    for (language, catalogue), (path, found) in catalogues.items():
        name = path.relative_to(root).as_posix()
        if found is None:
            mistakes.append(f"{name}: is missing; --update makes it")
            continue
        mistakes += _mistakes_in_catalogue(name, found, source.messages[catalogue])
        for message in _translated(found, source.messages[catalogue]):
            rendered[language, catalogue, _key(message)] = _strings(message)
            for form in _strings(message):
                mistakes += _style(form, language, catalogue, f"{name}: {show(_key(message))}", source.commands)
    for name, area in areas(root):
        for place, language, words in area_words(area):
            mistakes += _style(words, language, "residents", f"{name}: {place}", source.commands)
    mistakes += _mistakes_on_buttons(source, rendered, _area_labels(root))
    return list(dict.fromkeys(mistakes))


def _translated(catalogue: Catalog, wanted: Mapping[str, Said]) -> list[Message]:
    return [each for each in catalogue if each.id and _key(each) in wanted and all(_strings(each))]


def _mistakes_in_catalogue(name: str, catalogue: Catalog, wanted: Mapping[str, Said]) -> Iterator[str]:
    for key, said in wanted.items():
        message = catalogue.get(key)
        where = f"{name}: {show(key)}"
        if message is None:
            yield f"{where} is missing; --update adds it"
        elif (len(said.forms) > 1) != isinstance(message.id, list | tuple) or _id(said) != message.id:
            yield f"{where} has another plural in {said.where}; --update mends it"
        elif message.fuzzy:
            yield f"{where} is fuzzy"
        elif not all(_strings(message)) or (len(said.forms) > 1 and len(_strings(message)) != catalogue.num_plurals):
            yield f"{where} is not translated"
        else:
            yield from _mistakes_in_forms(said, _strings(message), where, catalogue)
    for message in catalogue:
        if message.id and _key(message) not in wanted:
            yield f"{name}: {show(_key(message))} is not said any more; --update drops it"
    for gone in catalogue.obsolete.values():
        yield f"{name}: {show(_key(gone))} is obsolete; --update drops it"


def _mistakes_in_forms(said: Said, forms: Sequence[str], where: str, catalogue: Catalog) -> list[str]:
    """Placeholders: the same in each form, but {count} may be left out where the form is for one number alone."""
    mistakes: list[str] = []

    def wrong(why: str) -> None:
        mistakes.append(f"{where}: {why}")

    wanted = set().union(*(_placeholders(form, lambda _why: None) for form in said.forms))
    plural = c2py(catalogue.plural_expr)
    for index, form in enumerate(forms):
        alone = len(said.forms) > 1 and [plural(number) for number in range(1000)].count(index) == 1
        before = len(mistakes)
        found = _placeholders(form, wrong)
        if len(mistakes) > before:
            continue
        for missing in sorted(wanted - found - ({"count"} if alone else set())):
            wrong(f"{{{missing}}} is missing in {show(form)}")
        for unknown in sorted(found - wanted):
            wrong(f"{{{unknown}}} is unknown in {show(form)}")
    return mistakes


def _placeholders(form: str, wrong: Callable[[str], None]) -> set[str]:
    try:
        parsed = [each for each in Formatter().parse(form) if each[1] is not None]
    except ValueError:
        wrong(f"a brace too many or too few in {show(form)}")
        return set()
    for _text, name, spec, conversion in parsed:
        if not (name or "").isidentifier() or spec or conversion:
            wrong(f"a placeholder is a plain name between braces in {show(form)}")
    return {name for _text, name, _spec, _conversion in parsed if name}


def _style(form: str, language: str, catalogue: str, where: str, commands: Mapping[str, str]) -> Iterator[str]:
    """How the house speaks; the limits are for residents, the tone for everybody."""
    words = re.sub(r"\{\w*\}", "x", form)
    if catalogue == "residents":
        for sentence in re.split(r"(?<=[.!?…؟])\s+|\n", words):
            long = sum(any(map(str.isalnum, word)) for word in sentence.split())
            if long > WORDS_IN_A_SENTENCE:
                yield f"{where}: a sentence of {long} words ({WORDS_IN_A_SENTENCE} at most): {show(sentence)}"
        if (long := len(_bare(form))) > CHARACTERS_IN_A_MESSAGE:
            yield f"{where}: {long} characters ({CHARACTERS_IN_A_MESSAGE} at most)"
        if not any(map(str.isalnum, words)):
            yield f"{where}: says nothing in words: {show(form)}"
    for command in re.findall(r"(?<![\w/}])/([a-z_]+)", form):
        known = commands.values() if language == "nl" else commands.keys()
        if command not in known:
            hint = f"; it is /{commands[command]}" if command in commands else ""
            yield f"{where}: there is no command /{command} in this language{hint}"
    if language == "nl":
        yield from (f"{where}: say je, not {found[0]!r}" for found in FORMAL.finditer(_bare(form)))
        yield from (f"{where}: an office word: {found[0]!r}" for found in _OFFICE.finditer(form))


def _mistakes_on_buttons(
    source: Source, rendered: Mapping[tuple[str, str, str], Sequence[str]], area_labels: Mapping[str, set[str]]
) -> Iterator[str]:
    """Labels too long for a button, and two in one keyboard that are typed alike, in whichever languages."""
    spellings: dict[tuple[str, str], set[str]] = {}
    for (language, catalogue, key), forms in rendered.items():
        if (catalogue, key) not in source.labels:
            continue
        spellings.setdefault((catalogue, key), set()).update(fold(form) for form in forms)
        for form in forms:
            if (long := len(_bare(form))) > CHARACTERS_ON_A_BUTTON:
                yield (
                    f"{language} {catalogue}: {show(key)} is on a button: "
                    f"{long} characters ({CHARACTERS_ON_A_BUTTON} at most): {show(form)}"
                )
    for scope, labels in source.keyboards.items():
        in_a_talk = scope.startswith("conversations/")
        near = {key: spellings[catalogue, key] for catalogue, key in labels if (catalogue, key) in spellings}
        near |= {key: spellings[catalogue, key] for catalogue, key in source.steering} if in_a_talk else {}
        near |= area_labels if in_a_talk else {}
        for (one, typed), (other, typed_too) in combinations(sorted(near.items()), 2):
            for twin in sorted(typed & typed_too):
                if one not in area_labels or other not in area_labels:  # the area file is checked when it is read
                    file = scope.partition(":")[0]
                    yield f"{file}: the buttons {show(one)} and {show(other)} are both typed as {show(twin)}"


def _area_labels(root: Path) -> dict[str, set[str]]:
    """What residents tap of an area: its topics and its neighbourhoods."""
    labels = {}
    for name, area in areas(root):
        for topic in area.get("topics", []):
            labels[f"{name} {topic['key']}"] = {fold(each) for each in topic["label"].values()}
        for each in area.get("neighbourhoods", []):
            labels[f"{name} {each['name']}"] = {fold(each["name"])}
    return labels


def area_words(area: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Place, language and words of all that an area file says to residents: its tables with a text per language."""
    spoken = set(area.get("languages", []))

    def below(value: Any, place: str) -> Iterator[tuple[str, str, str]]:
        if isinstance(value, dict) and value and value.keys() <= spoken:
            yield from ((f"{place}.{language}", language, words) for language, words in value.items())
        elif isinstance(value, dict | list):
            items: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else enumerate(value, 1)
            for key, each in items:
                yield from below(each, f"{place}.{key}".strip("."))

    return below(dict(area), "")


def _bare(form: str) -> str:
    return re.sub(r"\{\w*\}", "", form)


def _pattern(word: str) -> str:
    inner = r"\s+".join(map(re.escape, word.strip("-").split()))
    return (r"\w*" if word[0] == "-" else "") + inner + (r"\w*" if word[-1] == "-" else "")


_OFFICE = re.compile(rf"\b(?:{'|'.join(map(_pattern, OFFICE_WORDS))})\b", re.IGNORECASE)


def show(words: str | Sequence[str]) -> str:
    """Words between quotes, on one line."""
    return json.dumps(words if isinstance(words, str) or len(words) > 1 else words[0], ensure_ascii=False)


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Update if asked to, then check; 1 where anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.check_catalogues", description="Check the catalogues.")
    parser.add_argument(
        "--update", action="store_true", help="first add new messages to the .po files and drop old ones"
    )
    try:
        changes = update(root) if parser.parse_args(arguments).update else []
    except Unreadable as unreadable:
        changes = [f"nothing was written: {unreadable}".replace(f"{root}/", "")]
    mistakes = check(root)
    for line in (*changes, *mistakes):
        print(line)
    print(f"{len(mistakes)} mistakes" if mistakes else "the catalogues are in order")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
