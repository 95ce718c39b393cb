"""The area file: what is read from it, what is refused and in which words, and what it computes."""

import csv
import math
import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.neighbourhood.area import Area, AreaError, load_area
from bot.neighbourhood.area.tables import Neighbourhood, Topic
from bot.neighbourhood.free_days import holidays_of, public_holidays
from bot.neighbourhood.hours import QuietHours, duration, quiet_hours

HEERLEN_NOORD = load_area("heerlen-noord")
FREE_DAYS = holidays_of("NL", range(2015, 2075))
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
REFERENCE = Path(__file__).parents[2] / "shared" / "data"

needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason=f"no reference figures of CBS beside the project ({REFERENCE})"
)

MY_AREA = """\
name = "My area"
time_zone = "Europe/Amsterdam"
country = "NL"
languages = ["nl", "en"]
quiet_hours = "21:00-09:00"
organisation = { nl = "ons kantoor", en = "our office" }

[contact]
phone = "045 000 00 00"
address = "Voorbeeldstraat 1"
email = "kantoor@example.org"

[office_hours]
monday = "09:00-12:30, 13:30-17:00"
tuesday = "09:00-17:00"
wednesday = "09:00-17:00"
thursday = "09:00-17:00"
friday = "closed"
saturday = "closed"
sunday = "closed"

[follow_up]
after = "P3D"
reminder_after = "P8D"
close_after = "P9D"

[conversation]
expires_after = "P14D"
without_consent = "P1D"

[consent]
version = "1"
changed = { nl = "Nieuw: we vergeten je eerder.", en = "New: we forget you sooner." }

[kept]
silent = "P365D"
warned = "P30D"
chats = "P90D"
photos = "P365D"
leftovers = "P30D"

[invites]
a_month = 4

[emergency]
danger = { number = "112", words = { nl = "Bel 112.", en = "Call 112." } }
police = { number = "0900-8844", words = { nl = "Bel 0900-8844.", en = "Call 0900-8844." } }

[[neighbourhoods]]
code = "WK091710"
name = "Noord"
inhabitants = 3940
latitude = 50.9
longitude = 5.9

[[neighbourhoods]]
code = "WK091711"
name = "Zuid"
inhabitants = 1
latitude = 50.8
longitude = 6

[[topics]]
key = "paving"
label = { nl = "Stoep kapot", en = "Broken pavement" }
handled_by = "wegen"
working_days = 3
theme = "wonen"

[[topics]]
key = "other"
label = { nl = "Iets anders", en = "Something else" }
handled_by = "kantoor"
working_days = 5
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def error_of(name_or_path: str) -> str:
    with pytest.raises(AreaError) as caught:
        load_area(name_or_path)
    return str(caught.value)


# --- Reading ------------------------------------------------------------------------------------------------


def test_a_file_becomes_values(folder: Path) -> None:
    (folder / "my-area.toml").write_text(MY_AREA)
    area = load_area("my-area.toml")
    assert area == load_area(str(folder / "my-area.toml"))
    assert (area.name, area.time_zone, area.languages) == ("My area", AMSTERDAM, ("nl", "en"))
    assert area.organisation == {"nl": "ons kantoor", "en": "our office"}
    assert area.quiet_hours == QuietHours(time(21), time(9))
    assert area.follow_up.after == timedelta(days=3)
    assert area.follow_up.reminder_after == timedelta(days=8)
    assert area.follow_up.close_after == timedelta(days=9)
    assert area.conversation.expires_after == timedelta(days=14)
    assert area.conversation.without_consent == timedelta(days=1)
    assert [len(spans) for spans in area.office_hours.week] == [2, 1, 1, 1, 0, 0, 0]
    assert area.consent.version == "1"
    assert area.consent.changed["en"] == "New: we forget you sooner."
    assert (area.kept.silent, area.kept.warned) == (timedelta(days=365), timedelta(days=30))
    assert area.invites.a_month == 4
    assert area.emergency.danger.words["en"] == "Call 112."
    assert area.neighbourhoods[1].longitude == 6.0
    assert area.topics[0].theme == "wonen"
    assert area.topics[1].theme is None


def test_a_file_of_a_windows_editor_is_read_too(folder: Path) -> None:
    (folder / "my-area.toml").write_bytes(b"\xef\xbb\xbf" + MY_AREA.replace("\n", "\r\n").encode())
    assert load_area("my-area.toml").name == "My area"


def test_what_the_file_does_not_have_any_more() -> None:
    assert HEERLEN_NOORD.topic("paving").key == "paving"
    assert HEERLEN_NOORD.topic("trams").key == "other"
    noord = HEERLEN_NOORD.neighbourhood("WK091722")
    assert noord is not None
    assert noord.name == "Heksenberg"
    assert HEERLEN_NOORD.neighbourhood("WK000000") is None


# --- Mistakes, each in one line -----------------------------------------------------------------------------

MONTHS = "must not count in months or years, whose length varies: write days, such as P30D"
MISTAKES = [
    # What is written, what it is changed into, what is said behind "my-area.toml: ".
    ("working_days = 5", "working_days = 0", "topics.2.working_days: must be 1 or more"),
    (
        "[invites]",
        '[colours]\nfirst = "teal"\n[invites]',
        'colours.first: must be a colour such as "#0a5" or "#00aa55"',
    ),
    ("[invites]", '[colours]\nrest = "#ffe"\n[invites]', "colours.rest: must be darker, to be seen on white paper"),
    ("[invites]", '[colours]\nfirst = "#0a5"\nrest = "#00AA55"\n[invites]', "colours.rest: #00aa55 is there twice"),
    ("[invites]", "[colours]\nsixth = 1\n[invites]", "colours.sixth: is not known here; did you mean fifth?"),
    ("[invites]", '[themes]\nwoning = ["huis"]\n[invites]', "themes.woning: is not known here; did you mean wonen?"),
    ("[invites]", "[themes]\nwonen = [7]\n[invites]", "themes.wonen.1: must be text between quotes"),
    ("working_days = 5", "working_days = 300", "topics.2.working_days: must be 250 or less"),
    ("working_days = 5", "working_days = true", "topics.2.working_days: must be a whole number"),
    ("working_days = 5", 'working_days = "5"', "topics.2.working_days: must be a whole number"),
    (
        "working_days = 5",
        "working_day = 5",
        "topics.2.working_day: is not known here; did you mean working_days?",
    ),
    ("working_days = 5", "working_days = 5\nxyz = 1", "topics.2.xyz: is not known here"),
    ("working_days = 5", 'working_days = 5\n"{a}\\nb" = 1', "topics.2.{a} b: is not known here"),
    ("working_days = 5", "", "topics.2.working_days: is missing"),
    (
        'theme = "wonen"',
        'theme = "slapen"',
        "topics.1.theme: must be 'wonen', 'werken', 'leren', 'veiligheid' or 'gezondheid'",
    ),
    ('key = "paving"', 'key = "Paving"', "topics.1.key: must be a letter, then up to 15 of a-z, 0-9 and _"),
    (
        'key = "paving"',
        'key = "pavement_and_road"',
        "topics.1.key: must be a letter, then up to 15 of a-z, 0-9 and _",
    ),
    ('key = "other"', 'key = "paving"', "topics.2.key: paving is there twice"),
    ('key = "other"', 'key = "rest"', 'topics: must hold a topic with the key "other"'),
    ('"Iets anders"', '"stoep Kapot"', "topics.2.label.nl: stoep Kapot is there twice"),
    ('"Iets anders"', '" "', "topics.2.label.nl: must not be empty"),
    ('"Iets anders"', '"Iets\\nanders"', "topics.2.label.nl: must be one line"),
    ('"Iets anders"', "7", "topics.2.label.nl: must be text between quotes"),
    (
        '"Iets anders"',
        f'"{"x" * 29}"',
        "topics.2.label.nl: must be 28 characters or fewer to fit on a button, and is 29",
    ),
    (', en = "Something else"', "", "topics.2.label.en: is missing; the area's languages are nl, en"),
    (
        ', en = "Something else"',
        ', fr = "Autre"',
        "topics.2.label.fr: is not one of the area's languages (nl, en)",
    ),
    (
        '{ nl = "Iets anders", en = "Something else" }',
        '"Iets anders"',
        "topics.2.label: must be a table with one text for each language",
    ),
    (', en = "our office"', "", "organisation.en: is missing; the area's languages are nl, en"),
    ('nl = "Bel 112."', 'nl = "Bel 113."', "emergency.danger.words.nl: must name the number 112"),
    ('"0900-8844"', '"politie"', "emergency.police.number: must be a telephone number"),
    ('name = "My area"', 'nam = "My area"', "nam: is not known here; did you mean name?"),
    ('name = "My area"', "", "name: is missing"),
    (
        '["nl", "en"]',
        '["nl", "en", "tr"]',
        "organisation.tr: is missing; the area's languages are nl, en, tr",
    ),
    ('["nl", "en"]', '["nl", "en", "nl"]', "languages.3: nl is there twice"),
    ('["nl", "en"]', '["nl", "English"]', "languages.2: must be a language code such as nl"),
    ('["nl", "en"]', "[]", "languages: must hold at least one"),
    ('["nl", "en"]', '"nl"', "languages: must be a list"),
    (
        '"Europe/Amsterdam"',
        '"Europe/Amsterdm"',
        "time_zone: is not a known time zone; did you mean Europe/Amsterdam?",
    ),
    ('"Europe/Amsterdam"', '"../zone"', "time_zone: is not a known time zone, such as Europe/Amsterdam"),
    ('"Europe/Amsterdam"', "1", "time_zone: must be text between quotes"),
    ('country = "NL"', 'country = "XX"', "country: must be 'NL'"),
    ('"21:00-09:00"', '"at night"', "quiet_hours: must look like 21:00-09:00, or be none"),
    ('"21:00-09:00"', "21", "quiet_hours: must be text between quotes"),
    ('"P3D"', '"3 days"', "follow_up.after: must be an ISO 8601 duration such as P3D, P2W or PT12H"),
    ('"P3D"', '"PT0S"', "follow_up.after: must be longer than nothing"),
    (
        '"P1D"',
        '"P1M"',
        f"conversation.without_consent: {MONTHS}",
    ),
    ('sunday = "closed"\n', "", "office_hours.sunday: is missing"),
    (
        '"09:00-12:30, 13:30-17:00"',
        '"9 to 5"',
        "office_hours.monday: must look like 09:00-17:00 or 09:00-12:30, 13:30-17:00, or be closed",
    ),
    ('"09:00-12:30, 13:30-17:00"', '"17:00-09:00"', "office_hours.monday: must end later than it begins"),
    (
        '"09:00-12:30, 13:30-17:00"',
        '"13:00-17:00, 09:00-12:00"',
        "office_hours.monday: must not overlap, the earliest first",
    ),
    ('version = "1"', "version = 2026-11-21", "consent.version: must be text between quotes"),
    ('version = "1"', 'version = "a b"', "consent.version: must be 1 to 16 of A-Z, a-z, 0-9, . and -"),
    ('"045 000 00 00"', '"bel ons"', "contact.phone: must be a telephone number"),
    ('"kantoor@example.org"', '"kantoor"', "contact.email: must be an e-mail address"),
    ('[consent]\nversion = "1"', "[[consent]]", "consent: must be a table"),
    ('"WK091711"', '"WK091710"', "neighbourhoods.2.code: WK091710 is there twice"),
    (
        '"WK091711"',
        '"0917-11"',
        "neighbourhoods.2.code: must be a CBS code such as WK091722 or BU09172200",
    ),
    ('"Zuid"', '"NOORD"', "neighbourhoods.2.name: NOORD is there twice"),
    ("inhabitants = 1\n", "inhabitants = 0\n", "neighbourhoods.2.inhabitants: must be 1 or more"),
    ("inhabitants = 1\n", "inhabitants = 1.5\n", "neighbourhoods.2.inhabitants: must be a whole number"),
    (
        "latitude = 50.8",
        "latitude = 5.98",
        "neighbourhoods.2.latitude: must lie in the Netherlands, between 50.7 and 53.6",
    ),
    (
        "latitude = 50.8",
        "latitude = nan",
        "neighbourhoods.2.latitude: must lie in the Netherlands, between 50.7 and 53.6",
    ),
    (
        "longitude = 6",
        "longitude = 50.9",
        "neighbourhoods.2.longitude: must lie in the Netherlands, between 3.3 and 7.3",
    ),
    ("longitude = 6", 'longitude = "6"', "neighbourhoods.2.longitude: must be a number"),
    ('country = "NL"', "country = NL", "line 3, column 11: Invalid value"),
    ("[contact]", "[contact", "line 8, column 9: Expected ']' at the end of a table declaration"),
    ('country = "NL"', 'name = "again"', "line 3, column 15: Cannot overwrite a value"),
    ('handled_by = "kantoor"\nworking_days = 5', 'handled_by = """', "end of document: Unterminated string"),
]


@pytest.mark.parametrize(("written", "changed", "said"), MISTAKES)
def test_a_mistake_is_one_line_that_names_the_place(folder: Path, written: str, changed: str, said: str) -> None:
    assert written in MY_AREA
    (folder / "my-area.toml").write_text(MY_AREA.replace(written, changed, 1))
    assert error_of("my-area.toml") == f"my-area.toml: {said}"


def test_part_of_a_time_zone_is_none(folder: Path) -> None:
    (folder / "my-area.toml").write_text(MY_AREA.replace('"Europe/Amsterdam"', '"Europe"'))
    assert error_of("my-area.toml").startswith("my-area.toml: time_zone: is not a known time zone")


def test_a_file_that_is_not_text(folder: Path) -> None:
    (folder / "my-area.toml").write_bytes(b'name = "My area"\ncountry = "\xff"\n')
    assert error_of("my-area.toml") == "my-area.toml: line 2: is not UTF-8 text"


def test_a_file_that_is_not_there(folder: Path) -> None:
    (folder / "folder.toml").mkdir()
    assert error_of("gone.toml") == "gone.toml: cannot be read: No such file or directory"
    assert error_of("./gone") == "./gone: cannot be read: No such file or directory"
    assert error_of("folder.toml") == "folder.toml: cannot be read: Is a directory"


def test_a_name_that_is_not_shipped() -> None:
    assert error_of("heerlen") == "heerlen: is not the name of an area; did you mean heerlen-noord?"
    assert error_of("x") == "x: is not the name of an area; there is heerlen-noord, or give a path"
    assert error_of("") == "area: is not the name of an area; there is heerlen-noord, or give a path"


# --- The shipped area ---------------------------------------------------------------------------------------


def rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@needs_reference
def test_the_neighbourhoods_are_those_of_cbs() -> None:
    expected = {
        row["wijk_code"]: (row["wijk_name"], int(row["inhabitants_2020"]))
        for row in rows("heerlen_wijken.csv")
        if row["heerlen_noord"] in {"yes", "likely"}
    }
    assert {n.code: (n.name, n.inhabitants) for n in HEERLEN_NOORD.neighbourhoods} == expected
    assert sum(n.inhabitants for n in HEERLEN_NOORD.neighbourhoods) == 55_740


@needs_reference
@pytest.mark.parametrize("neighbourhood", HEERLEN_NOORD.neighbourhoods, ids=lambda n: n.name)
def test_a_centre_is_where_most_people_of_the_neighbourhood_live(neighbourhood: Neighbourhood) -> None:
    buurten = [row for row in rows("heerlen_buurten.csv") if row["wijk_code"] == neighbourhood.code]
    people = [int(row["inhabitants_2020"]) for row in buurten]

    def mean(column: str) -> float:
        return sum(n * float(row[column]) for n, row in zip(people, buurten, strict=True)) / sum(people)

    assert neighbourhood.latitude == pytest.approx(mean("centroid_lat"), abs=0.00006)
    assert neighbourhood.longitude == pytest.approx(mean("centroid_lon"), abs=0.00006)


def shipped_words() -> list[str]:
    """What residents read of the shipped area, in all its languages."""
    lines = HEERLEN_NOORD.emergency
    labels = [HEERLEN_NOORD.organisation, lines.danger.words, lines.police.words]
    labels += [topic.label for topic in HEERLEN_NOORD.topics]
    return [words for label in labels for words in label.values()]


@pytest.mark.parametrize("words", shipped_words())
def test_the_shipped_words_are_plain(words: str) -> None:
    assert "/" not in words
    assert not re.search(r"\b(u|uw|gemeente|municipality|afdeling|department)\b", words, re.IGNORECASE)
    for sentence in re.split(r"[.?!]", words):
        assert len(sentence.split()) <= 15


def test_nobody_is_reached_by_the_placeholders() -> None:
    assert HEERLEN_NOORD.contact.email.endswith("@example.org")
    assert "000 00 00" in HEERLEN_NOORD.contact.phone


# --- Durations ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("P3D", timedelta(days=3)),
        (" P2W ", timedelta(weeks=2)),
        ("PT12H", timedelta(hours=12)),
        ("PT90M", timedelta(minutes=90)),
        ("P1DT6H30M15S", timedelta(days=1, hours=6, minutes=30, seconds=15)),
    ],
)
def test_a_duration_is_read(text: str, length: timedelta) -> None:
    assert duration(text) == length


@given(st.timedeltas(timedelta(seconds=1), timedelta(days=3650)))
def test_any_duration_of_whole_seconds_is_read(length: timedelta) -> None:
    hours, seconds = divmod(length.seconds, 3600)
    whole = timedelta(days=length.days, seconds=length.seconds)
    assert duration(f"P{length.days}DT{hours}H{seconds // 60}M{seconds % 60}S") == whole


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must be an ISO 8601 duration"),
        ("P", "must be an ISO 8601 duration"),
        ("PT", "must be an ISO 8601 duration"),
        ("P3DT", "must be an ISO 8601 duration"),
        ("P3", "must be an ISO 8601 duration"),
        ("-P3D", "must be an ISO 8601 duration"),
        ("P-3D", "must be an ISO 8601 duration"),
        ("P1.5D", "must be an ISO 8601 duration"),
        ("P1W2D", "must be an ISO 8601 duration"),
        ("PT1M1H", "must be an ISO 8601 duration"),
        ("P٣D", "must be an ISO 8601 duration"),
        ("P1M", "must not count in months or years"),
        ("P1Y6M", "must not count in months or years"),
        ("P0D", "must be longer than nothing"),
        ("P3651D", "must be ten years or less"),
        ("P99999999W", "must be ten years or less"),
    ],
)
def test_a_duration_that_means_nothing_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        duration(text)


@given(st.text(alphabet="PTWDHMSY0123456789-. ", max_size=12))
def test_a_text_is_a_duration_or_a_mistake(text: str) -> None:
    length, said = timedelta(days=1), "must "
    try:
        length = duration(text)
    except ValueError as error:
        said = str(error)
    assert timedelta() < length <= timedelta(days=3650)
    assert said.startswith("must ")


# --- Quiet hours --------------------------------------------------------------------------------------------


def test_quiet_hours_are_read() -> None:
    assert quiet_hours("21:00-09:00") == QuietHours(time(21), time(9))
    assert quiet_hours(" 0:00 - 7:30 ") == QuietHours(time(0), time(7, 30))
    assert quiet_hours("None") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must look like 21:00-09:00, or be none"),
        ("21-9", "must look like 21:00-09:00, or be none"),
        ("24:00-09:00", "must look like 21:00-09:00, or be none"),
        ("21:00-09:60", "must look like 21:00-09:00, or be none"),
        ("09:00-09:00", "must not start and end at the same time"),
        ("09:00-07:30", "must leave two hours of the day or more"),
        ("00:00-22:01", "must leave two hours of the day or more"),
    ],
)
def test_quiet_hours_that_mean_nothing_are_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        quiet_hours(text)


@pytest.mark.parametrize(
    ("hours", "moment", "allowed"),
    [
        ("21:00-09:00", "2026-11-21T12:00+01:00", "2026-11-21T12:00+01:00"),
        ("21:00-09:00", "2026-11-21T20:59+01:00", "2026-11-21T20:59+01:00"),
        ("21:00-09:00", "2026-11-21T21:00+01:00", "2026-11-22T09:00+01:00"),
        ("21:00-09:00", "2026-11-22T08:59+01:00", "2026-11-22T09:00+01:00"),
        ("21:00-09:00", "2026-11-22T09:00+01:00", "2026-11-22T09:00+01:00"),
        ("13:00-15:00", "2026-11-22T13:30+01:00", "2026-11-22T15:00+01:00"),
        # The clock goes forward in the night to 29 March 2026, back in the night to 25 October 2026.
        ("21:00-09:00", "2026-03-28T22:00+01:00", "2026-03-29T09:00+02:00"),
        ("21:00-09:00", "2026-10-24T22:00+02:00", "2026-10-25T09:00+01:00"),
        ("21:00-02:30", "2026-03-29T01:59+01:00", "2026-03-29T03:30+02:00"),
        ("21:00-02:30", "2026-03-29T03:00+02:00", "2026-03-29T03:00+02:00"),
        ("21:00-02:30", "2026-10-25T02:10+02:00", "2026-10-25T02:30+02:00"),
        ("21:00-02:30", "2026-10-25T02:10+01:00", "2026-10-25T02:30+01:00"),
    ],
)
def test_what_comes_in_the_quiet_waits_for_its_end(hours: str, moment: str, allowed: str) -> None:
    quiet = quiet_hours(hours)
    assert quiet is not None
    found = quiet.next_allowed(datetime.fromisoformat(moment).astimezone(UTC), AMSTERDAM)
    assert found == datetime.fromisoformat(allowed)
    assert found.tzinfo is UTC


def windows() -> st.SearchStrategy[QuietHours]:
    """Quiet hours of a minute up to twenty-two hours, at any time of day."""

    def window(start: int, minutes: int) -> QuietHours:
        begin = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=start)
        return QuietHours(begin.time(), (begin + timedelta(minutes=minutes)).time())

    return st.builds(window, st.integers(0, 1439), st.integers(1, 22 * 60))


def moments() -> st.SearchStrategy[datetime]:
    """Any moment of some years, half of them within two days of a change of the clock."""
    changes = [
        "2026-03-29T01:00",
        "2026-10-25T01:00",
        "2026-03-08T07:00",
        "2026-11-01T06:00",
        "2026-04-04T15:00",
    ]
    near = st.builds(
        lambda change, seconds: datetime.fromisoformat(f"{change}+00:00") + timedelta(seconds=seconds),
        st.sampled_from(changes),
        st.integers(-172_800, 172_800),
    )
    return near | st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


zones = st.sampled_from(["Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]).map(
    ZoneInfo
)


@given(windows(), moments(), zones)
def test_nothing_is_sent_in_the_quiet_nor_held_longer_than_a_day(
    quiet: QuietHours, moment: datetime, zone: ZoneInfo
) -> None:
    allowed = quiet.next_allowed(moment, zone)
    assert not quiet.covers(allowed.astimezone(zone).time())
    assert moment <= allowed <= moment + timedelta(hours=25)
    assert quiet.next_allowed(allowed, zone) == allowed
    assert allowed == moment or quiet.covers(moment.astimezone(zone).time())


@given(windows(), moments(), zones)
def test_nothing_is_held_longer_than_the_quiet(quiet: QuietHours, moment: datetime, zone: ZoneInfo) -> None:
    allowed = quiet.next_allowed(moment, zone)
    # A change of the clock in between may move the end or repeat the minutes before the start.
    assume(moment.astimezone(zone).utcoffset() == allowed.astimezone(zone).utcoffset())
    earlier = moment
    while earlier < allowed:
        assert quiet.covers(earlier.astimezone(zone).time())
        earlier += timedelta(minutes=1)


def test_a_moment_without_a_zone_is_no_moment() -> None:
    naive = datetime(2026, 11, 21, 12)  # noqa: DTZ001
    with pytest.raises(ValueError, match="without a time zone"):
        QuietHours(time(21), time(9)).next_allowed(naive, AMSTERDAM)
    with pytest.raises(ValueError, match="without a time zone"):
        HEERLEN_NOORD.answer_due(naive, "paving", FREE_DAYS)


# --- When an answer is due ----------------------------------------------------------------------------------

# Typed over from a calendar, weekends left out.
HOLIDAYS_2026_2027 = {
    date(2026, 1, 1),  # New Year's Day
    date(2026, 4, 3),  # Good Friday
    date(2026, 4, 6),  # Easter Monday
    date(2026, 4, 27),  # King's Day
    date(2026, 5, 14),  # Ascension Day
    date(2026, 5, 25),  # Whit Monday
    date(2026, 12, 25),  # Christmas Day
    date(2027, 1, 1),
    date(2027, 3, 26),
    date(2027, 3, 29),
    date(2027, 4, 27),
    date(2027, 5, 6),
    date(2027, 5, 17),
}


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS_2026_2027


@settings(deadline=None)  # the first answer loads the holidays
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(HEERLEN_NOORD.topics),
)
def test_an_answer_is_due_after_so_many_working_days(moment: datetime, topic: Topic) -> None:
    due = HEERLEN_NOORD.answer_due(moment, topic.key, FREE_DAYS)
    today = moment.astimezone(AMSTERDAM).date()
    days = [today + timedelta(days=n + 1) for n in range((due - today).days)]
    assert sum(is_working_day(day) for day in days) == topic.working_days
    assert is_working_day(due)


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("2026-11-23T10:00+01:00", date(2026, 11, 26)),  # Monday: Tuesday, Wednesday, Thursday
        ("2026-11-20T10:00+01:00", date(2026, 11, 25)),  # Friday: over the weekend
        ("2026-11-23T23:30+00:00", date(2026, 11, 27)),  # in Heerlen it is Tuesday already
        ("2026-12-24T10:00+01:00", date(2026, 12, 30)),  # over Christmas
        ("2026-04-02T10:00+02:00", date(2026, 4, 9)),  # over Good Friday and Easter Monday
        ("2025-05-02T10:00+02:00", date(2025, 5, 8)),  # over Liberation Day, a holiday in 2025
        ("2026-05-01T10:00+02:00", date(2026, 5, 6)),  # over Liberation Day, a working day in 2026
        ("2025-04-24T10:00+02:00", date(2025, 4, 29)),  # King's Day was on a Saturday
    ],
)
def test_an_answer_within_three_working_days(moment: str, due: date) -> None:
    assert HEERLEN_NOORD.topic("paving").working_days == 3
    assert HEERLEN_NOORD.answer_due(datetime.fromisoformat(moment), "paving", FREE_DAYS) == due


# --- Where a spot is ----------------------------------------------------------------------------------------

latitudes, longitudes = st.floats(-90, 90), st.floats(-180, 180)


def test_a_degree_in_kilometres() -> None:
    assert Area.distance_km(50, 6, 51, 6) == pytest.approx(111.195, abs=0.001)
    assert Area.distance_km(60, 6, 60, 7) == pytest.approx(55.597, abs=0.001)
    assert Area.distance_km(0, 0, 0, 180) == pytest.approx(math.pi * 6371.0088)


@given(latitudes, longitudes, latitudes, longitudes)
def test_a_distance_is_the_same_both_ways(north: float, east: float, other_north: float, other_east: float) -> None:
    there = Area.distance_km(north, east, other_north, other_east)
    assert 0 <= there <= math.pi * 6371.0088 + 0.001
    assert Area.distance_km(other_north, other_east, north, east) == pytest.approx(there)
    assert Area.distance_km(north, east, north, east) == 0


@pytest.mark.parametrize("neighbourhood", HEERLEN_NOORD.neighbourhoods, ids=lambda n: n.name)
def test_a_centre_is_in_its_own_neighbourhood(neighbourhood: Neighbourhood) -> None:
    assert HEERLEN_NOORD.nearest_neighbourhood(neighbourhood.latitude, neighbourhood.longitude) == neighbourhood


@given(latitudes, longitudes)
def test_no_other_centre_is_nearer(latitude: float, longitude: float) -> None:
    def away(n: Neighbourhood) -> float:
        return HEERLEN_NOORD.distance_km(latitude, longitude, n.latitude, n.longitude)

    nearest = HEERLEN_NOORD.nearest_neighbourhood(latitude, longitude)
    assert all(away(nearest) <= away(n) for n in HEERLEN_NOORD.neighbourhoods)


async def test_the_child_process_tells_the_same_public_holidays_and_is_asked_once(tmp_path: Path) -> None:
    kept, years = tmp_path / "kept.json", range(2026, 2029)
    assert await public_holidays("NL", years, kept) == holidays_of("NL", years)
    kept.write_text(kept.read_text("ascii").replace("2026-12-25", "2026-12-24"), "ascii")
    assert date(2026, 12, 24) in await public_holidays("NL", years, kept), "from the file"
    kept.write_text("cut in the mid", "ascii")
    assert date(2026, 12, 25) in await public_holidays("NL", years, kept), "a file that is no good is made anew"
    with pytest.raises(RuntimeError):
        await public_holidays("XX", years, kept)


# Ideas and the panel

RULED = (
    MY_AREA
    + """
[ideas]
[[ideas.versions]]
version = "1"
valid_from = 2026-01-01
[[ideas.versions.rules]]
key = "here"
words = { nl = "Het is hier.", en = "It is here." }
[[ideas.versions]]
version = "2"
valid_from = 2026-06-01
[[ideas.versions.rules]]
key = "safe"
words = { nl = "Het is veilig.", en = "It is safe." }
"""
)


def test_an_idea_has_the_rules_of_its_day(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text(RULED, "utf-8")
    ideas = load_area(str(file)).ideas
    days = {date(2025, 1, 1): "1", date(2026, 5, 31): "1", date(2026, 6, 1): "2", date(2030, 1, 1): "2"}
    for day, version in days.items():
        found = ideas.on(day)
        assert found is not None
        assert found.version == version
    assert ideas.version("3") is None
    assert HEERLEN_NOORD.ideas.versions


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('version = "2"', 'version = "1"', "ideas.versions.2.version: 1 is there twice"),
        ("2026-06-01", "2025-06-01", "ideas.versions.2.valid_from: must be later than that of the version before it"),
        ("2026-06-01", '"soon"', "ideas.versions.2.valid_from: "),
        ('key = "safe"', 'key = "Not a key"', "ideas.versions.2.rules.1.key: "),
        (', en = "It is safe."', "", "ideas.versions.2.rules.1.words.en: is missing"),
        ("[ideas]", "[ideas]\nworking_days = 0", "ideas.working_days: must be 1 or more"),
        ("[ideas]", '[panel]\ndecides = "nobody"\n[ideas]', "panel.decides: must be 'panel' or 'advises'"),
        ("[ideas]", "[panel]\nmajority = 1.0\n[ideas]", "panel.majority: must be less than 1"),
        ("[ideas]", "[panel]\nquorum = 0\n[ideas]", "panel.quorum: must be 1 or more"),
    ],
)
def test_a_mistake_in_rules_or_panel_is_told_by_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = tmp_path / "my.toml"
    file.write_text(RULED.replace(old, new, 1), "utf-8")
    with pytest.raises(AreaError) as mistake:
        load_area(str(file))
    assert said in str(mistake.value)
