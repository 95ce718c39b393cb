"""Where a spot is; whether a neighbour reported the same, on both databases; joining it, and what the others hear."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.neighbourhood import nearby
from bot.neighbourhood.area import AreaError, load_area
from bot.neighbourhood.boundaries import BoundaryError, read_boundaries
from bot.neighbourhood.complaints import place_folded
from bot.neighbourhood.work import Work
from bot.simulator import Person
from bot.store.database import Database
from bot.store.tables import Complaint, Photo, Reporter, Resident
from conversations.looked_up import SimilarComplaint
from tests.test_area import MY_AREA
from tests.test_photos import jpeg
from tests.town import Town

HERE = (50.9153, 5.9682)
LIKE_IT = "Is it this one?"
NORTH = 1 / 111_195
"""A metre, in degrees of latitude."""
AREA = load_area("heerlen-noord")


# --- Where a spot is ----------------------------------------------------------------------------------------


def test_a_spot_is_in_the_neighbourhood_with_the_nearest_centre_and_far_away_in_none() -> None:
    found = AREA.neighbourhood_at(*HERE)
    assert found is not None
    assert found.name == "Heksenberg"
    assert AREA.neighbourhood_at(50.8514, 5.6910) is None, "Maastricht"
    heksenberg = AREA.neighbourhoods[7]
    edge = heksenberg.latitude + 3 * 1000 * NORTH
    small = AREA.model_copy(update={"neighbourhoods": (heksenberg,), "outside_km": 3.01})
    assert small.neighbourhood_at(edge, heksenberg.longitude) is heksenberg
    assert small.model_copy(update={"outside_km": 2.99}).neighbourhood_at(edge, heksenberg.longitude) is None


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_any_spot_on_earth_is_somewhere_or_outside(latitude: float, longitude: float) -> None:
    found = AREA.neighbourhood_at(latitude, longitude)
    assert found is None or found in AREA.neighbourhoods


def square(west: float, south: float, **properties: str) -> dict[str, Any]:
    """A square of a hundredth of a degree."""
    east, north = west + 0.01, south + 0.01
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def collection(*features: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


NORTH_SQUARE = square(5.9, 50.9, wijkcode="WK091710", naam="Noord")
SOUTH_SQUARES = [
    square(6.0, 50.8, wijkcode="WK091711", buurtcode="BU09171100"),
    square(6.01, 50.8, wijkcode="WK091711", buurtcode="BU09171101"),
]
ELSEWHERE = {"type": "Feature", "properties": {"wijkcode": "WK999999"}, "geometry": None}


def area_with(folder: Path, boundaries: str) -> Path:
    (folder / "wijken.geojson").write_text(boundaries)
    path = folder / "my-area.toml"
    path.write_text('boundaries = "wijken.geojson"\n' + MY_AREA)
    return path


def test_boundaries_say_exactly_where_a_spot_is(tmp_path: Path) -> None:
    area = load_area(str(area_with(tmp_path, collection(ELSEWHERE, NORTH_SQUARE, *SOUTH_SQUARES))))
    codes = [
        found.code if (found := area.neighbourhood_at(*spot)) else None
        for spot in ((50.905, 5.905), (50.805, 6.005), (50.805, 6.015), (50.805, 6.01), (50.9, 5.9), (50.9101, 5.905))
    ]
    assert codes == ["WK091710", "WK091711", "WK091711", "WK091711", "WK091710", None]
    copied = area.model_copy(update={"outside_km": 5.0})
    assert copied.neighbourhood_at(50.9101, 5.905) is None, "what the settings override keeps the boundaries"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "must be a GeoJSON FeatureCollection"),
        ('{"features": {}}', "must be a GeoJSON FeatureCollection"),
        (collection(NORTH_SQUARE), "holds no boundary of WK091711"),
        (collection(1, None, {"properties": []}), "holds no boundary of WK091710"),
        (
            collection({**NORTH_SQUARE, "geometry": None}),
            "features.1.geometry: must be a Polygon or a MultiPolygon",
        ),
        (
            collection(ELSEWHERE, {**NORTH_SQUARE, "geometry": {"type": "Polygon", "coordinates": [[[1], 2]]}}),
            "features.2.geometry: has coordinates that make no outline",
        ),
        (
            collection({**NORTH_SQUARE, "geometry": {"type": "Polygon", "coordinates": []}}),
            "features.1.geometry: has coordinates that make no outline",
        ),
        (
            collection(square(196_000, 322_000, code="WK091710")),
            "features.1.geometry: must be in degrees (WGS 84), longitude first, in the Netherlands",
        ),
    ],
)
def test_a_mistake_in_the_boundaries_is_one_line_that_names_the_place(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(AreaError) as error:
        load_area(str(area_with(tmp_path, content)))
    assert str(error.value) == f"my-area.toml: boundaries: wijken.geojson: {said}"


def test_boundaries_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(BoundaryError, match="cannot be read: No such file"):
        read_boundaries(tmp_path / "none.geojson", ["WK091710"])


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[nearby]\nmetres = 0\n", "nearby.metres: must be 1 or more"),
        ('[nearby]\nage = "12 weeks"\n', "nearby.age: "),
        ('[[elsewhere]]\nkey = "x"\nwords = { nl = "a", en = "b" }\n', "elsewhere.1: must have a number or a link"),
        (
            '[[elsewhere]]\nkey = "x"\nnumber = "112"\nwords = { nl = "Bel 112", en = "b" }\ntopics = ["paving"]\n',
            "elsewhere.1.words.en: must name the number 112",
        ),
        (
            '[[elsewhere]]\nkey = "x"\nlink = "https://a.nl"\nwords = { nl = "a", en = "b" }\n',
            "elsewhere.1: must have topics or stems that point to it",
        ),
        (
            '[[elsewhere]]\nkey = "x"\nlink = "https://a.nl"\nwords = { nl = "a", en = "b" }\ntopics = ["pavin"]\n',
            "elsewhere.1.topics.1: pavin is no topic; did you mean paving?",
        ),
        (
            '[[elsewhere]]\nkey = "x"\nlink = "http://a.nl"\nwords = { nl = "a", en = "b" }\nstems = ["x"]\n',
            "elsewhere.1.link: must be an https:// link",
        ),
    ],
)
def test_a_mistake_in_the_area_file_names_the_place(tmp_path: Path, written: str, said: str) -> None:
    (tmp_path / "my-area.toml").write_text(f"{MY_AREA}\n{written}")
    with pytest.raises(AreaError) as error:
        load_area(str(tmp_path / "my-area.toml"))
    assert str(error.value).startswith(f"my-area.toml: {said}")


@pytest.mark.parametrize("distance", ["0", "true", '"3"', "100"])
def test_outside_is_a_distance(tmp_path: Path, distance: str) -> None:
    (tmp_path / "my-area.toml").write_text(f"outside_km = {distance}\n{MY_AREA}")
    with pytest.raises(AreaError, match=r"^my-area\.toml: outside_km: must be "):
        load_area(str(tmp_path / "my-area.toml"))


# --- Whether a neighbour reported it ------------------------------------------------------------------------


@pytest_asyncio.fixture
async def work(either_town: Town) -> AsyncIterator[Work]:
    """A transaction on each of the databases."""
    assert either_town.service is not None
    while (turns := either_town.service.turns) is None:  # noqa: ASYNC110 - the bot's own parts know no event
        await asyncio.sleep(0.01)
    database = Database(either_town.database_url)
    async with database.write() as session:
        yield turns.around.reading(session)
    await database.close()


async def reported(work: Work, **other: Any) -> Complaint:
    """A complaint, as it came in an hour ago."""
    values = {
        "state": "received", "topic": "paving", "theme": "wonen", "words": "geheim", "language": "nl", "place": "",
        "latitude": HERE[0], "longitude": HERE[1], "answer_by": work.today, "came_from": "telegram", "first": True,
        "at": work.now - timedelta(hours=1),
    }  # fmt: skip
    complaint = Complaint(**{**values, **other})
    complaint.place_folded = place_folded(complaint.place)
    work.session.add(complaint)
    await work.session.flush()
    return complaint


async def found_at(work: Work, spot: tuple[float, float] | None = HERE, place: str = "", topic: str = "paving") -> Any:
    latitude, longitude = spot or (None, None)
    found = await nearby.similar(work, SimilarComplaint(topic, place, latitude, longitude))
    return found and found["number"]


async def test_the_nearest_report_within_so_many_metres_is_found(work: Work) -> None:
    far, near = [await reported(work, latitude=HERE[0] + metres * NORTH, longitude=HERE[1]) for metres in (49.5, -20)]
    beside = await reported(work, longitude=HERE[1] + 70 * NORTH, latitude=HERE[0] + 1)
    assert await found_at(work) == near.id
    assert await found_at(work, (HERE[0] + 45 * NORTH, HERE[1])) == far.id
    assert await found_at(work, (HERE[0] + 99.6 * NORTH, HERE[1])) is None
    # a degree of longitude is shorter here: 70 "degrees of latitude" to the east are 44 metres
    assert await found_at(work, (HERE[0] + 1, HERE[1])) == beside.id
    # a corner of the box is farther away than its sides
    assert await found_at(work, (HERE[0] + 1 + 45 * NORTH, HERE[1])) is None
    assert await found_at(work, (90.0, 0.0)) is None
    shown = await nearby.similar(work, SimilarComplaint("paving", "", *HERE))
    assert shown is not None
    assert shown["metres"] == 20
    assert "geheim" not in str(shown)


@pytest.mark.parametrize(
    "other",
    [
        {"topic": "green"},
        {"state": "solved"},
        {"state": "cannot"},
        {"state": "closed"},
        {"at": timedelta(weeks=12, seconds=1)},
        {"latitude": None, "longitude": None, "place": "Heulstraat 12"},
    ],
)
async def test_what_is_another_thing_done_or_old_is_not_found(work: Work, other: dict[str, Any]) -> None:
    if "at" in other:
        other = {"at": work.now - other["at"]}
    await reported(work, **other)
    assert await found_at(work) is None


async def test_the_same_words_for_the_place_are_found_where_they_say_enough(work: Work) -> None:
    numbered = await reported(work, latitude=None, longitude=None, place="Heulstraat 12!")
    await reported(work, latitude=None, longitude=None, place="Kerkstraat")
    await reported(work, place="Schoolstraat 3")
    assert await found_at(work, None, "heulstraat  12") == numbered.id
    assert await found_at(work, None, "heulstraat 1") is None
    assert await found_at(work, None, "Heulstraat 12, bij de bakker") is None
    assert await found_at(work, None, "Kerkstraat") is None, "a street alone, and nothing to see"
    assert await found_at(work, None, "Schoolstraat 3") is None, "that one has a spot, its words may be anything"
    assert await found_at(work, None, "!") is None


async def test_only_a_photo_that_turned_out_to_be_one_is_shown(work: Work) -> None:
    complaint = await reported(work, latitude=None, longitude=None, place="Kerkstraat")
    for number, (part, state) in enumerate([("before", "new"), ("before", "bad"), ("after", "kept")]):
        work.session.add(
            Photo(subject=complaint.code, part=part, file_id=f"f{number}", state=state, next_at=work.now, at=work.now)
        )
    await work.session.flush()
    assert await found_at(work, None, "Kerkstraat") is None
    for number in (3, 4):
        work.session.add(
            Photo(
                subject=complaint.code, part="before", file_id=f"f{number}", state="kept", next_at=work.now, at=work.now
            )
        )
    await work.session.flush()
    shown = await nearby.similar(work, SimilarComplaint("paving", "Kerkstraat", None, None))
    assert shown is not None
    assert shown["photos"] == ["f3"]


@pytest.mark.parametrize("topic", ["home", "unsafe", "noise", "other"])
async def test_what_may_tell_who_reported_it_is_never_shown(work: Work, topic: str) -> None:
    await reported(work, topic=topic)
    assert await found_at(work, topic=topic) is None


# --- Joining, over the wire ---------------------------------------------------------------------------------


async def reports(person: Person, words: str, until: str = "Is this right?") -> None:
    """A loose tile on the same spot, until the question after the place."""
    person.photo(jpeg(), caption=words)
    await person.sees("What is it about?")
    person.tap("Yes: Broken pavement or road")
    await person.sees("Where is it?")
    person.share_spot(*HERE)
    await person.sees(until)


async def test_who_joins_reads_nothing_of_who_was_first_and_the_other_way_round(either_town: Town) -> None:
    anna, ben = await either_town.known("Anna", "en"), await either_town.known("Ben", "en")
    sanne = await either_town.coordinator("en")
    await reports(anna, "Loose tile at the Jansens")
    anna.tap("Send")
    await anna.sees("Your report is M1")
    before = len(ben.messages)
    await reports(ben, "A tilted tile, says Ben", LIKE_IT)
    ben.tap("Yes, me too")
    await ben.sees("Its number is M1")
    ben.say("/mine")
    await ben.sees("A tilted tile")
    ben.say("M1")
    await ben.sees("A tilted tile")
    sanne.say("/take M1")
    await sanne.sees("Who reported it gets a message")
    await anna.sees("M1 (Loose tile at the Jansens): somebody is on it")
    await ben.sees("M1 (A tilted tile, says Ben): somebody is on it")
    sanne.say("M1")
    card = await sanne.sees("Reported by: 2 residents")
    assert "Also said: A tilted tile, says Ben" in card.text
    assert "Jansens" not in "".join(message.text for message in ben.messages[before:])
    assert "Ben" not in "".join(message.text for message in anna.messages)
    database = Database(either_town.database_url)
    async with database.read() as session:
        assert len(list(await session.scalars(select(Complaint)))) == 1
        photos = list(await session.scalars(select(Photo).order_by(Photo.id)))
        assert [photo.joined_by is None for photo in photos] == [True, False]
        first, joined = await session.scalars(select(Reporter).order_by(Reporter.at))
        assert (first.words, joined.words) == ("", "A tilted tile, says Ben")
        contributions = {each.id: each.contributions for each in await session.scalars(select(Resident))}
        assert contributions[first.resident_id] == contributions[joined.resident_id] == 1
    await database.close()


async def test_who_joined_is_found_by_their_own_words_and_nobody_by_those_of_the_office(either_town: Town) -> None:
    anna, ben = await either_town.known("Anna", "en"), await either_town.known("Ben", "en")
    sanne = await either_town.coordinator("en")
    await reports(anna, "Loose tile")
    anna.tap("Send")
    await anna.sees("Your report is M1")
    await reports(ben, "Crooked pavement at the Vijverstraat", LIKE_IT)
    ben.tap("Yes, me too")
    await ben.sees("Its number is M1")
    sanne.say("/find vijverstraat")
    await sanne.sees("Loose tile")
    sanne.say("/solve M1 Mended by Ziggo")
    await sanne.sees("Done. Who reported it gets a message.")
    sanne.say("/find vijverstraat ziggo")
    await sanne.sees("Loose tile")
    sanne.say("/yousaid ziggo | We did")
    await sanne.sees("Nobody who can be reached said that.")
    sanne.say("/cancel")
    await sanne.sees("Stopped")
    sanne.say("/yousaid vijverstraat | There is light again.")
    await sanne.sees("This goes to 1 person who named it:")
    sanne.tap("Send")
    await ben.sees("You told us about “vijverstraat”.")
    sanne.say("/yousaid tile | It lies flat.")
    await sanne.sees("This goes to 1 person who named it:")
    sanne.tap("Send")
    assert "vijverstraat" not in (await anna.sees("You told us about “tile”.")).text
    assert not [each for each in anna.messages if "vijverstraat" in each.text.lower()]
    ben.say("/forget")
    await ben.sees("Do you want us to forget you?")
    ben.tap("Yes, forget me")
    await ben.sees("We have forgotten you")
    sanne.say("/find vijverstraat")
    await sanne.sees("Nothing found for “vijverstraat”.")


async def test_two_who_tap_in_the_same_moment_both_join_once(town: Town) -> None:
    anna, ben, cem = [await town.known(name, "en") for name in ("Anna", "Ben", "Cem")]
    await reports(anna, "Loose tile")
    anna.tap("Send")
    await anna.sees("M1")
    for person in (ben, cem):
        await reports(person, "Loose tile too", LIKE_IT)
    for person in (ben, cem, ben):
        person.tap("Yes, me too")
    await ben.sees("Its number is M1")
    await cem.sees("Its number is M1")
    database = Database(town.database_url)
    async with database.read() as session:
        assert len(list(await session.scalars(select(Reporter)))) == 3
    await database.close()


async def test_a_late_answer_has_a_new_day_and_the_office_hears_that_it_is_late(town: Town) -> None:
    anna, ben, sanne = await town.known("Anna", "en"), await town.known("Ben", "en"), await town.coordinator("en")
    await reports(anna, "Loose tile")
    anna.tap("Send")
    await anna.sees("no later than Thursday 26 November")
    await sanne.sees("New: M1")
    town.passes(days=7)
    told = await anna.sees("we promised an answer by Thursday 26 November")
    new = told.text.rpartition("no later than ")[2]
    await reports(ben, "Loose tile too", LIKE_IT)
    ben.tap("Yes, me too")
    seen = await ben.sees("You join the report of a neighbour")
    assert f"no later than {new}" in seen.text
    assert "26 November" not in seen.text
    await sanne.sees("It is late: it was promised for Thursday 26 November.")


async def test_who_is_forgotten_takes_their_own_words_and_photos_along(town: Town) -> None:
    anna, ben = await town.known("Anna", "en"), await town.known("Ben", "en")
    await reports(anna, "Loose tile")
    anna.tap("Send")
    await anna.sees("M1")
    await reports(ben, "A tilted tile", LIKE_IT)
    ben.tap("Yes, me too")
    await ben.sees("M1")
    ben.say("/forget")
    await ben.hears()
    ben.tap("Yes, forget me")
    await ben.sees("We have forgotten you")
    database = Database(town.database_url)
    async with database.read() as session:
        assert [photo.state for photo in await session.scalars(select(Photo).order_by(Photo.id))][1:] in ([], ["gone"])
        assert [each.words for each in await session.scalars(select(Reporter))] == [""]
        assert (await session.get_one(Complaint, 1)).words == "Loose tile"
    await database.close()


async def test_a_photo_without_words_is_a_report_in_five_inputs_though_a_neighbour_has_one_like_it(town: Town) -> None:
    anna, ben = await town.known("Anna", "en"), await town.known("Ben", "en")
    await reports(anna, "Loose tile")
    anna.tap("Send")
    await anna.sees("M1")
    ben.photo(jpeg())
    await ben.sees("What is it about?")
    ben.tap("Broken pavement or road")
    await ben.sees("Where is it?")
    ben.share_spot(*HERE)
    await ben.sees(LIKE_IT)
    ben.tap("No, another one")
    await ben.sees("Is this right?")
    ben.tap("Send")
    await ben.sees("Your report is M2")
