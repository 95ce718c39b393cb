"""The figures as staff get them: in words, and what is to be drawn, each fit for a slide as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from babel.dates import format_date

from bot.neighbourhood.narrowing import THEMES
from bot.neighbourhood.work import Work
from bot.reports.cells import FEWEST, Cell, gathered
from bot.reports.figures import BROKEN, LATER, ON_THE_DAY, QUESTIONS, Figures
from conversations.words import Words, locale_of, s_, sn_

PROMISE_NAMES: dict[str, Words] = {
    ON_THE_DAY: s_("on the promised day or before"),
    LATER: s_("kept, but on a later day"),
    BROKEN: s_("not kept"),
}
VERDICT_NAMES: dict[str, Words] = {
    "yes": s_("Yes, it is solved"),
    "no": s_("No, not yet"),
    "unknown": s_("Don't know"),
}
SAID_TITLES: dict[str, Words] = {"proud": s_("What people are proud of"), "better": s_("What must be better")}
PROMISE_COLOURS = (0, 2, 1)
ROWS_AT_MOST = 15


def in_words(work: Work, figures: Figures) -> list[Words]:
    """The figures to read; no number points at fewer than five people."""
    lines: list[Words] = [
        s_("{place}, since {day}", place=_place(work, figures), day=figures.since),
        s_("Complaints: {came} came in, {solved} solved.", came=figures.came.shown, solved=figures.solved.shown),
        s_("Open now: {open}. Late: {late}.", open=figures.open_now.shown, late=figures.late_now.shown),
        s_(
            "Not solved after all: {reopened}. Can't be done: {cannot}.",
            reopened=figures.reopened.shown,
            cannot=figures.cannot.shown,
        ),
    ]
    if figures.speed is not None:
        half, most = figures.speed.half, figures.speed.nine_of_ten
        lines.append(sn_("Half is solved within {count} day,", "Half is solved within {count} days,", half))
        lines[-1] = s_(
            "{half} nine of ten within {most}.", half=lines[-1], most=sn_("{count} day", "{count} days", most)
        )
    if sum(cell.count for cell in figures.promises.values()):
        each = {key: figures.promises.get(key, Cell()).shown for key in PROMISE_NAMES}
        lines.append(
            s_(
                "Promises: {kept} on the day, {later} later, {broken} not kept.",
                kept=each[ON_THE_DAY],
                later=each[LATER],
                broken=each[BROKEN],
            )
        )
    if sum(cell.count for cell in figures.verdicts.values()):
        shown = {key: cell.shown for key, cell in figures.verdicts.items()}
        lines.append(s_("Is it really solved? Yes: {yes}. No: {no}. Don't know: {unknown}.", **shown))
    lines.append(
        s_(
            "Proud of: {proud}. Must be better: {better}. Ideas: {ideas}. New residents: {newcomers}.",
            proud=figures.said["proud"].shown,
            better=figures.said["better"].shown,
            ideas=figures.ideas.shown,
            newcomers=figures.newcomers.shown,
        )
    )
    if figures.spoken.count:
        lines.append(s_("Of these, written down by staff: {spoken}.", spoken=figures.spoken.shown))
    return [*lines, s_("What fewer than {count} people said or reported is never counted by itself.", count=FEWEST)]


def charts(work: Work, figures: Figures, language: str) -> list[dict[str, Any]]:
    """What is to be drawn, in words of this language; what would be empty is left out."""
    slides = _Slides(work, figures, language)
    made = [slides.course(), slides.speed(), slides.promises(), slides.verdicts(), *map(slides.said, QUESTIONS)]
    return [each for each in made if each is not None]


class _Slides:
    def __init__(self, work: Work, figures: Figures, language: str) -> None:
        self._work, self._figures, self._language = work, figures, language

    def course(self) -> dict[str, Any] | None:
        bars = [
            [
                format_date(bar.begins, "d MMM", locale=locale_of(self._language)),
                *(cell.count if cell.may_be_shown else None for cell in (bar.came, bar.went)),
            ]
            for bar in self._figures.bars
        ]
        if not any(number for bar in bars for number in bar[1:]):
            return None
        names = [self._say(s_("came in")), self._say(s_("solved"))]
        title = s_("Complaints, in and out")
        return self._chart("course", title, bars=bars, names=names, colours=[1, 0], few=f"<{FEWEST}")

    def speed(self) -> dict[str, Any] | None:
        by_topic = sorted(self._figures.speed_by_topic.items(), key=lambda each: (each[1].half, each[1].nine_of_ten))
        if not by_topic:
            return None
        rows = [[self._topic(topic), solved.half, solved.nine_of_ten] for topic, solved in by_topic]
        names = [self._say(s_("half is solved within")), self._say(s_("nine of ten are solved within"))]
        title = s_("How long until it is solved?")
        return self._chart("spans", title, rows=rows, names=names, unit=self._say(s_("days")))

    def promises(self) -> dict[str, Any] | None:
        """All promises, and those of each topic; a topic of which a part may not be shown is left out whole."""
        every = _parts(self._figures.promises, tuple(PROMISE_NAMES))
        if every is None:
            return None
        of_topics = self._figures.promises_by_topic.items()
        rows = [(topic, parts) for topic, cells in of_topics if (parts := _parts(cells, tuple(PROMISE_NAMES)))]
        rows.sort(key=lambda row: -sum(row[1]))
        while rows and not _tells_nothing(every, [parts for _topic, parts in rows]):
            rows.pop()
        named = [[self._topic(topic), parts] for topic, parts in rows]
        names = [self._say(name) for name in PROMISE_NAMES.values()]
        all_rows = [[self._say(s_("Everything")), every], *(named if len(named) > 1 else [])]
        return self._stacks(s_("Did we keep our promises?"), all_rows, names, PROMISE_COLOURS, shares=True)

    def verdicts(self) -> dict[str, Any] | None:
        """One bar for each answer that may be shown."""
        rows = [
            [self._say(VERDICT_NAMES[key]), [cell.count]]
            for key, cell in self._figures.verdicts.items()
            if cell.count and cell.may_be_shown
        ]
        if not rows:
            return None
        return self._stacks(s_("Is it really solved? What people answered"), rows, [self._say(s_("answers"))], (0,))

    def said(self, question: str) -> dict[str, Any] | None:
        """Everything and then a bar a neighbourhood, each in themes; with one neighbourhood, a bar a theme."""
        if self._figures.neighbourhood is not None:
            return self._themes_of_one(question)
        figures = self._figures
        where, rest = gathered({key[1]: cell for key, cell in figures.said_where.items() if key[0] == question})
        rows = [[self._neighbourhood(code), self._in_themes(question, code, cell)] for code, cell in where.items()]
        if rest.count:
            rows.append([self._say(s_("Other neighbourhoods")), [0] * len(THEMES) + [rest.count]])
        if not rows:
            return None
        together = {key[1]: cell for key, cell in figures.said_themes.items() if key[0] == question}
        rows.insert(0, [self._say(s_("Everything")), _in_themes(together, figures.said[question])])
        used = [place for place in range(len(THEMES) + 1) if any(row[1][place] for row in rows)]
        names = [*(self._say(theme) for theme in THEMES.values()), self._say(s_("other or no theme"))]
        rows = [[label, [numbers[place] for place in used]] for label, numbers in rows[:ROWS_AT_MOST]]
        title, colours = SAID_TITLES[question], used if len(used) > 1 else [0]
        return self._stacks(title, rows, [names[place] for place in used], colours, shares=len(used) > 1)

    def _themes_of_one(self, question: str) -> dict[str, Any] | None:
        of_themes = {key[1]: cell for key, cell in self._figures.said_themes.items() if key[0] == question}
        untold = of_themes.pop("", Cell())
        shown, rest = gathered(of_themes | ({"": untold} if untold.count else {}))
        left = rest.count + shown.pop("", Cell()).count
        rows = [[self._say(THEMES[theme]), [cell.count]] for theme, cell in shown.items() if theme in THEMES]
        if left and rows:
            rows.append([self._say(s_("other or no theme")), [left]])
        return self._stacks(SAID_TITLES[question], rows, [self._say(s_("answers"))], (0,)) if rows else None

    def _in_themes(self, question: str, code: str | None, cell: Cell) -> list[int]:
        about = self._figures.said_about
        return _in_themes({key[2]: each for key, each in about.items() if key[:2] == (question, code)}, cell)

    def _stacks(
        self, title: Words, rows: list[Any], names: list[str], colours: Any, *, shares: bool = False
    ) -> dict[str, Any]:
        return self._chart("stacks", title, rows=rows, names=names, colours=list(colours), shares=shares)

    def _chart(self, kind: str, title: Words, **rest: Any) -> dict[str, Any]:
        source = s_(
            "{place}, {since} to {until}. Less than {count} people: not shown.",
            place=_place(self._work, self._figures),
            since=self._day(self._figures.since),
            until=self._day(self._figures.until),
            count=FEWEST,
        )
        palette = list(self._work.area.colours.in_order)
        return {"kind": kind, "title": self._say(title), "source": self._say(source), "palette": palette, **rest}

    def _day(self, day: date) -> str:
        return format_date(day, "d MMM y", locale=locale_of(self._language))

    def _topic(self, key: str) -> str:
        return self._say(self._work.local(self._work.area.topic(key).label))

    def _neighbourhood(self, code: str | None) -> str:
        found = self._work.area.neighbourhood(code) if code else None
        return found.name if found else self._say(s_("no neighbourhood"))

    def _say(self, words: Words) -> str:
        return self._work.render(words, self._language)


def _parts(cells: Mapping[str, Cell], order: tuple[str, ...]) -> list[int] | None:
    """The numbers in their order; None where one of them may not be shown, or there is nothing."""
    found = [cells.get(key, Cell()) for key in order]
    numbers = [cell.count for cell in found]
    return numbers if all(cell.may_be_shown for cell in found) and any(numbers) else None


def _tells_nothing(whole: Sequence[int], parts: Sequence[Sequence[int]]) -> bool:
    """Whether what is left of the whole beside these parts is nothing, or not small either."""
    left = [each - sum(part[place] for part in parts) for place, each in enumerate(whole)]
    return all(number == 0 or number >= FEWEST for number in left)


def _in_themes(of_themes: Mapping[str, Cell], whole: Cell) -> list[int]:
    """So many answers for each theme, and at the end for the rest: small ones and those without a theme."""
    shown, _rest = gathered(of_themes)
    numbers = [shown[theme].count if theme in shown else 0 for theme in THEMES]
    return [*numbers, whole.count - sum(numbers)]


def _place(work: Work, figures: Figures) -> str:
    found = work.area.neighbourhood(figures.neighbourhood) if figures.neighbourhood else None
    return found.name if found else work.area.name
