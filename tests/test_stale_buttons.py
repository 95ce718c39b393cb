"""A button of a conversation that has ended means nothing to a later one, whatever numbers the database gives out."""

from tests.town import Town


async def test_a_button_of_an_ended_conversation_is_no_answer_in_the_next(either_town: Town) -> None:
    anna = await either_town.known("Anna", "en")
    anna.say("/questions")
    (first,) = await anna.hears()
    anna.say("/cancel")
    await anna.hears()
    anna.say("/questions")
    await anna.hears()
    anna.tap("Skip", first)
    (answer,) = await anna.hears()
    assert "finished already" in answer.text
    assert "What are you proud of" in answer.text
