"""What somebody sent before the bot knew what it was about is kept with what it turned out to be."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine

from bot.store.tables import Answer, Photo
from tests.town import Town


async def test_photos_sent_before_i_am_proud_of_this_are_kept_with_the_answer(either_town: Town) -> None:
    anna = await either_town.known("Anna", "en")
    anna.album([None, None])
    await anna.hears()
    anna.say("I'm proud of this")
    await anna.hears()
    anna.say("We made this garden together")
    await anna.sees("we like to hear it")
    engine = create_async_engine(either_town.database_url)
    async with engine.connect() as connection:
        answer = (await connection.execute(select(Answer.id, Answer.words, Answer.question))).one()
        photos = (await connection.execute(select(Photo.subject))).scalars().all()
    await engine.dispose()
    assert (answer.words, answer.question) == ("We made this garden together", "proud")
    assert photos == [f"A{answer.id}"] * 2
