"""The engine alone: flows replayed over what was said, written out and read back between every two inputs."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations import FLOWS
from conversations.dates import read_day, read_time
from conversations.hearing import Ear, Heard, hear, hear_on
from conversations.inputs import Input, Photo, Said, Spot, Tapped, Thing, Voice
from conversations.looked_up import ComplaintNow, ComplaintSeen, SimilarComplaint, WhereElse, WhereIs
from conversations.questions import At, Day, Line, Misfit, Moment, NotThis, Option, Question, Tell, Told
from conversations.results import ComplaintReport, TwoAnswers
from conversations.talk import Asks, Ends, FlowError, Place, Request, Talk, Wants, found, from_json, play, to_json
from conversations.talk import Said as Document
from conversations.words import Text, Words, _, fold

TODAY = date(2026, 11, 23)
AREA = Place(
    _("the office"),
    [Option("paving", _("Broken pavement")), Option("green", _("Weeds"))],
    [Option("WK1", "Heksenberg"), Option("WK2", "De Hei")],
)


FOUND: dict[type[Request], Any] = {WhereElse: None, WhereIs: "Heksenberg", SimilarComplaint: None}
"""What is found for a report: nothing that is like it, nothing that belongs elsewhere."""


def spell(words: Words) -> frozenset[str]:
    """How a label may be typed, here in English alone."""
    assert isinstance(words, str | Text)
    return frozenset({fold(words if isinstance(words, str) else words.message)})


class Chat:
    """A conversation as the bot would hold it: written out as JSON and read back before each input."""

    def __init__(self, flow: Callable[[Talk], Awaitable[Any]], **answers: Any) -> None:
        self.flow = flow
        self.turn = 0
        self.stored = json.dumps(to_json(Document(answers=answers)))

    @property
    def document(self) -> Document:
        return from_json(json.loads(self.stored))

    def stands(self) -> Asks | Ends | Wants:
        while isinstance(stands := play(self.flow, self.document, AREA), Wants) and type(stands.request) in FOUND:
            document = self.document
            found(document, stands, FOUND[type(stands.request)])
            self.stored = json.dumps(to_json(document))
        return stands

    @property
    def question(self) -> str:
        stands = self.stands()
        assert isinstance(stands, Asks), f"the conversation is at its end: {stands}"
        return stands.question.name

    @property
    def result(self) -> Any:
        stands = self.stands()
        assert isinstance(stands, Ends), f"it still asks {stands}"
        return stands.result

    def gets(self, what: Input) -> Heard:
        document, asks = self.document, self.stands()
        assert isinstance(asks, Asks)
        heard = hear(what, document, asks, Ear(self.turn, TODAY, spell))
        self.turn += heard.accepted
        self.stored = json.dumps(to_json(document))
        return heard

    def says(self, text: str) -> Heard:
        return self.gets(Said(text))

    def taps(self, option: str, turn: int | None = None) -> Heard:
        return self.gets(Tapped(option, self.turn if turn is None else turn))


def complaint() -> Chat:
    return Chat(FLOWS["report"])


def filled() -> Chat:
    chat = complaint()
    chat.taps("paving")
    chat.says("A loose tile")
    chat.says("Schoolstraat 3")
    chat.taps("skip")
    return chat


def test_a_complaint_is_asked_in_order_and_ends_in_a_report() -> None:
    chat = complaint()
    asked = []
    for step in (Tapped("paving", 0), Said("A loose tile"), Said("Schoolstraat 3"), Photo("f1")):
        asked.append(chat.question)
        assert chat.gets(step).accepted
    assert asked == ["topic", "words", "place", "photos"]
    assert chat.question == "confirm"
    chat.taps("send")
    assert chat.result == ComplaintReport("paving", Told("A loose tile"), At("Schoolstraat 3"), ["f1"])


def test_answers_that_are_already_there_are_not_asked() -> None:
    chat = Chat(FLOWS["blue"], photos=["f1"], words={"text": "Loose"})
    chat.taps("paving")
    assert chat.question == "place"


def test_back_drops_the_last_answer_and_at_the_first_question_says_so() -> None:
    chat = complaint()
    chat.taps("paving")
    chat.says("Loose")
    assert chat.taps("back").accepted
    assert chat.question == "words"
    chat.taps("back")
    assert chat.question == "topic"
    heard = chat.says("back")
    assert not heard.accepted
    assert heard.notes


def test_back_passes_over_a_look_up() -> None:
    async def flow(talk: Talk) -> str:
        first = await talk.tell("first", _("First?"))
        seen = await talk.look_up("seen", ComplaintNow(int(first.text)))
        await talk.tell("second", _("Second?"))
        return str(seen.code)

    chat = Chat(flow)
    chat.says("7")
    wants = chat.stands()
    assert isinstance(wants, Wants)
    document = chat.document
    seen = {"code": "M7", "words": "", "place": "", "result": "", "photos": []}
    found(document, wants, seen)
    chat.stored = json.dumps(to_json(document))
    assert chat.question == "second"
    chat.taps("back")
    assert chat.question == "first"


def test_a_look_up_is_kept_and_made_anew_when_its_arguments_change() -> None:
    async def flow(talk: Talk) -> ComplaintSeen:
        number = await talk.number("number", _("Which?"), 1, 99)
        seen: ComplaintSeen = await talk.look_up("seen", ComplaintNow(number))
        await talk.confirm(_("This one?"), [Line("number", _("Number"), str(number), _("Change it"))])
        return seen

    def look_up(chat: Chat) -> None:
        wants = chat.stands()
        assert isinstance(wants, Wants)
        assert isinstance(wants.request, ComplaintNow)
        document = chat.document
        code = f"M{wants.request.complaint}"
        found(document, wants, {"code": code, "words": "", "place": "", "result": "", "photos": []})
        chat.stored = json.dumps(to_json(document))

    chat = Chat(flow)
    chat.says("7")
    look_up(chat)
    assert chat.question == "confirm"
    chat.taps("change:number")
    chat.says("8")
    look_up(chat)
    chat.taps("send")
    assert chat.result.code == "M8"


def test_a_look_up_whose_stored_shape_no_longer_fits_is_made_anew() -> None:
    chat = Chat(FLOWS["follow_up"], complaint=7)
    wants = chat.stands()
    assert isinstance(wants, Wants)
    document = chat.document
    found(document, wants, {"another": "shape"})
    chat.stored = json.dumps(to_json(document))
    assert isinstance(chat.stands(), Wants)


def test_change_drops_one_answer_and_keeps_the_others() -> None:
    chat = filled()
    chat.taps("change:place")
    assert chat.question == "place"
    chat.gets(Spot(50.91, 5.97))
    assert chat.question == "confirm"
    chat.taps("send")
    assert chat.result.place == At(latitude=50.91, longitude=5.97)
    assert chat.result.words == Told("A loose tile")


def test_what_was_to_be_changed_is_left_as_it_was_by_going_back() -> None:
    chat = filled()
    before = chat.document.answers["place"]
    chat.taps("change:place")
    chat.taps("back")
    assert chat.question == "confirm"
    assert chat.document.answers["place"] == before
    chat.taps("change:place")
    chat.gets(Spot(50.91, 5.97))
    chat.taps("back")
    assert chat.question != "confirm", "once it has changed, back is a step back"
    chat.taps("skip")
    chat.taps("send")
    assert chat.result.place == At(latitude=50.91, longitude=5.97)


def test_labels_may_be_typed_without_case_or_punctuation() -> None:
    chat = complaint()
    assert chat.says("  BROKEN pavement!! ").accepted
    chat.says("Loose")
    chat.says("Schoolstraat")
    assert chat.says("skip").accepted
    assert chat.says("send").accepted
    assert chat.result.topic == "paving"


@pytest.mark.parametrize("wrong", [Said("potato"), Photo("f"), Spot(1, 2), Voice("v", 3), Thing("sticker")])
def test_a_wrong_kind_of_input_says_what_is_expected_and_moves_nothing(wrong: Input) -> None:
    chat = complaint()
    heard = chat.gets(wrong)
    assert heard.notes
    assert not heard.accepted
    assert chat.question == "topic"


def test_a_button_of_an_earlier_turn_is_answered_with_where_we_are() -> None:
    chat = filled()
    heard = chat.taps("paving", turn=0)
    assert not heard.accepted
    assert chat.question == "confirm"


def test_a_thumb_that_taps_twice_is_not_told_off() -> None:
    chat = complaint()
    chat.taps("paving", turn=0)
    assert chat.taps("paving", turn=0) == Heard(quiet=True)
    assert chat.taps("green", turn=0).notes


def test_an_unknown_option_moves_nothing() -> None:
    chat = complaint()
    assert not chat.taps("change:topic").accepted
    assert not chat.taps("skip").accepted
    assert chat.question == "topic"


def test_an_album_is_one_answer_and_does_not_raise_the_turn() -> None:
    chat = complaint()
    chat.taps("paving")
    chat.says("Loose")
    chat.says("Schoolstraat")
    chat.gets(Photo("f1", album="A"))
    turn = chat.turn
    assert chat.gets(Photo("f2", album="A")) == Heard(quiet=True)
    assert chat.gets(Photo("f3", album="A")) == Heard(quiet=True)
    assert chat.turn == turn
    assert chat.gets(Photo("f4", album="A")).notes
    chat.taps("send")
    assert chat.result.photos == ["f1", "f2", "f3"]


def test_one_more_photo_is_added_whatever_is_being_asked() -> None:
    chat = Chat(FLOWS["blue"], photos=["f1"])
    chat.taps("proud")
    assert chat.question == "words"
    assert not chat.gets(Photo("f2")).accepted
    assert chat.question == "words"
    assert chat.document.answers["photos"] == ["f1", "f2"]


def test_what_stands_under_one_more_photo_is_kept_with_the_words() -> None:
    document, ear = Document(answers={"photos": ["f1"]}), Ear(0, TODAY, spell, keeps_ahead=True)

    def gets(photo: Photo) -> Heard:
        asks = play(FLOWS["blue"], document, AREA)
        assert isinstance(asks, Asks)
        return hear(photo, document, asks, ear)

    assert not gets(Photo("f2", "Loose")).accepted
    assert document.answers["words"] == {"text": "Loose"}
    document.answers = {"photos": ["f1", "f2"], "topic": "proud"}
    assert gets(Photo("f3", "Our own garden")).accepted
    ended = play(FLOWS["blue"], document, AREA)
    assert isinstance(ended, Ends)
    assert ended.result == TwoAnswers(Told("Our own garden"), Told(), ["f1", "f2", "f3"])


def test_a_photo_after_skip_still_counts() -> None:
    chat = filled()
    chat.gets(Photo("late"))
    chat.taps("send")
    assert chat.result.photos == ["late"]


def test_words_that_came_before_the_next_question_could_be_seen_belong_to_the_last_answer() -> None:
    chat = complaint()
    chat.taps("paving")
    asks = chat.stands()
    assert isinstance(asks, Asks)
    chat.says("There is a loose tile")
    document = chat.document
    assert hear_on(Said("near the school"), document, asks.question)
    assert document.answers["words"]["text"] == "There is a loose tile\nnear the school"


def test_words_that_no_longer_fit_are_not_added_to_the_last_answer() -> None:
    short = Tell("name", "What is your name?", up_to=10)
    document = Document(answers={"name": {"text": "Annelies"}})
    assert not hear_on(Said("de Vries"), document, short)
    assert document.answers["name"]["text"] == "Annelies"


def test_cancel_is_heard_and_left_to_the_bot() -> None:
    assert filled().taps("cancel").cancelled


def test_asking_one_name_twice_is_an_error() -> None:
    async def flow(talk: Talk) -> None:
        await talk.tell("same", _("Once?"))
        await talk.tell("same", _("Twice?"))

    chat = Chat(flow)
    chat.says("yes")
    with pytest.raises(FlowError):
        chat.stands()


def test_awaiting_anything_but_the_talk_is_an_error() -> None:
    import asyncio

    async def flow(talk: Talk) -> None:
        await asyncio.sleep(0)

    with pytest.raises(FlowError):
        Chat(flow).stands()


def test_a_flow_cannot_swallow_the_stop() -> None:
    async def flow(talk: Talk) -> str:
        try:
            return (await talk.tell("first", _("First?"))).text
        except Exception:
            return "swallowed"

    assert Chat(flow).question == "first"


@pytest.mark.parametrize("stored", [17, [], {}, {"text": 3}, None, True])
def test_a_stored_answer_of_another_shape_is_asked_again(stored: Any) -> None:
    assert Chat(FLOWS["report"], topic="paving", words=stored).question == "words"


def test_a_stored_answer_that_nothing_asks_for_is_ignored() -> None:
    assert Chat(FLOWS["report"], mood="good").question == "topic"


def test_a_topic_that_the_area_no_longer_has_stays_answered() -> None:
    assert Chat(FLOWS["report"], topic="gone").question == "words"


async def every_kind(talk: Talk) -> list[Any]:
    return [
        await talk.yes("sure", _("Sure?")),
        await talk.number("many", _("How many?"), 1, 10),
        await talk.day("day", _("Which day?")),
        await talk.moment("at", _("When?")),
        await talk.choose("which", _("Which?"), AREA.topics, skippable=True),
        await talk.tell("words", _("Say?"), skippable=True),
    ]


def test_every_kind_of_question_hands_back_what_was_given() -> None:
    chat = Chat(every_kind)
    chat.says("yes")
    assert chat.says("eleven").notes
    assert chat.says("11").notes
    chat.says("٧")
    assert chat.says("yesterday or so").notes
    assert chat.says("22-11-2026").notes
    chat.says("24 december")
    assert chat.says("24 december").notes
    chat.says("24-12-2026 19:30")
    chat.taps("skip")
    chat.gets(Voice("v1", 3))
    assert chat.result == [True, 7, date(2026, 12, 24), datetime(2026, 12, 24, 19, 30), "", Told("", "v1")]  # noqa: DTZ001


def test_the_buttons_of_a_day_count_from_today() -> None:
    chat = Chat(every_kind, sure=True, many=1)
    chat.taps("+7")
    assert chat.document.answers["day"] == "2026-11-30"


@given(st.dates(TODAY, TODAY + timedelta(days=360)))
def test_a_day_is_read_however_it_is_written(day: date) -> None:
    for written in (day.isoformat(), f"{day.day}-{day.month}-{day.year}", f"{day.day}/{day.month}", f"{day:%d.%m.%Y}"):
        assert read_day(written, TODAY) == day


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("morgen", date(2026, 11, 24)),
        ("24 dec", date(2026, 12, 24)),
        ("1 januari", date(2027, 1, 1)),
        ("29 februari", date(2028, 2, 29)),
        ("24 grudnia", date(2026, 12, 24)),
        ("31-02-2027", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_day_in_words(written: str, day: date | None) -> None:
    assert read_day(written, TODAY) == day


@given(st.times())
def test_a_time_is_read_with_a_colon_or_a_dot(at: Any) -> None:
    assert read_time(f"morgen om {at:%H.%M} uur") == (at.replace(second=0, microsecond=0), "morgen ")


INPUTS = st.one_of(
    st.builds(Said, st.one_of(st.text(max_size=30), st.sampled_from(["back", "skip", "send", "yes", "3", "24 dec"]))),
    st.builds(
        Tapped,
        st.sampled_from(["paving", "skip", "back", "send", "change:words", "change:photos", "proud", "yes", "x"]),
        st.integers(0, 12),
    ),
    st.builds(Photo, st.text("abc", min_size=1, max_size=3), st.text(max_size=5), st.sampled_from([None, "A", "B"])),
    st.builds(Spot, st.floats(-90, 90), st.floats(-180, 180)),
    st.builds(Voice, st.just("v"), st.integers(0, 60)),
    st.builds(Thing, st.just("sticker")),
)


@dataclass(frozen=True)
class _Same(Request):
    """Never asked for."""


@settings(max_examples=300)
@given(st.sampled_from(["report", "blue", "questions", "welcome"]), st.lists(INPUTS, max_size=25))
def test_whatever_comes_in_a_flow_ends_in_a_question_or_a_result(flow: str, inputs: list[Input]) -> None:
    chat = Chat(FLOWS[flow])
    if isinstance(wants := chat.stands(), Wants):
        document = chat.document
        found(document, wants, {})
        chat.stored = json.dumps(to_json(document))
    for each in inputs:
        if not isinstance(chat.stands(), Asks):
            break
        before = chat.stored
        heard = chat.gets(each)
        if heard.cancelled:
            break
        assert heard.accepted or heard.notes or heard.quiet, "nobody is left without an answer"
        if heard.accepted:
            assert chat.stored != before or isinstance(each, Tapped)
    assert isinstance(chat.stands(), Asks | Ends)


def test_a_request_that_says_nothing_of_its_shape_cannot_be_read() -> None:
    with pytest.raises(NotImplementedError):
        _Same().read({})
    with pytest.raises(Misfit):
        ComplaintNow(1).read({"code": "M1"})


@pytest.mark.parametrize(("days", "refused"), [(-1, True), (0, False), (365, False), (366, True)])
def test_a_day_lies_between_today_and_a_year_from_now(days: int, refused: bool) -> None:
    day = (TODAY + timedelta(days=days)).isoformat()
    asked: list[tuple[Question[Any], str]] = [(Day("day", "Which?"), day), (Moment("at", "When?"), f"{day} 19:30")]
    for question, typed in asked:
        if refused:
            with pytest.raises(NotThis):
                question.take(Said(typed), TODAY)
        else:
            assert question.take(Said(typed), TODAY).startswith(day)
