"""The people of a crash run: residents and a coordinator, who do one thing after the other and wait for the answer.

Nobody taps twice or asks again: the bot must answer by itself, however often it was killed meanwhile. A message that
comes twice is read and passed over.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any

from bot.neighbourhood.area import Area
from bot.simulator import Person, Seen, Simulator
from tests.crash.ledger import Answered, Ledger, Reported, Solution, codes, does, is_notice, options, place_in_talk

Fits = Callable[[Seen], bool]


class Unanswered(Exception):
    """Somebody waited in vain."""


def asks(*keys: str) -> Fits:
    """A question with these options. What it says is left to the golden dialogues."""
    return lambda message: set(keys) <= options(message).keys()


def asks_for_words(message: Seen) -> bool:
    """A question that can only be answered in words."""
    return bool(options(message)) and options(message).keys() <= {"back", "cancel"}


def asks_for_a_place(message: Seen) -> bool:
    """A question with the button that shares a spot."""
    return any(button.asks_location for row in message.keyboard or [] for button in row)


def comes_after_the_place(message: Seen) -> bool:
    """Whether it is one that a neighbour reported; a photo; or the summary."""
    is_like_it = asks("yes", "no")(message) and not asks("unknown")(message)
    return is_like_it or asks("skip")(message) or asks("send")(message)


def is_next(message: Seen, question: Seen) -> bool:
    """The question that comes after this one in the same conversation."""
    (conversation, turn), (before, turn_before) = place_in_talk(message), place_in_talk(question)
    return conversation == before and turn > turn_before


def thanks_for(better: str | None) -> Fits:
    """The end of the two questions; what must be better may become a complaint."""
    if better is not None:
        return lambda message: any(data.startswith("A") for data in does(message))
    return lambda message: not options(message) and not codes(message)


def says(code: str) -> Fits:
    """A message about that complaint: no question of a talk, and no notice to the office."""
    return lambda message: code in codes(message) and not options(message) and not is_notice(message)


class Player:
    """Somebody who acts and waits for what must come of it."""

    def __init__(self, person: Person, ledger: Ledger, chance: random.Random, patience: float) -> None:
        self.person = person
        self.ledger = ledger
        self.chance = chance
        self.heard = ledger.heard.setdefault(person.id, [])
        self.last_act = "nothing"
        self._patience = patience
        self._since = 0
        self._news = asyncio.Event()
        self._words = 0

    def hear(self, message: Seen) -> None:
        """The bot said something."""
        self.heard.append(message)
        self._news.set()

    async def act(self, do: Callable[..., Any], *given: Any) -> Any:
        """Think for a moment, then do one thing; what the bot says from now on may be its answer."""
        await asyncio.sleep(self.chance.uniform(0.01, 0.15))
        self._since = len(self.heard)
        self.last_act = f"{do.__name__}{tuple(each for each in given if not isinstance(each, Seen))}"
        result = do(*given)
        self.ledger.inputs += len(result) if isinstance(result, list) else 1
        return result

    async def awaits(self, what: str, fits: Fits) -> Seen:
        """The answer that fits; `what` names it. Raises `Unanswered`."""
        deadline = time.monotonic() + self._patience
        at = self._since
        while True:
            for message in self.heard[at:]:
                if fits(message):
                    return message
            at = len(self.heard)
            self._news.clear()
            try:
                async with asyncio.timeout_at(asyncio.get_running_loop().time() + deadline - time.monotonic()):
                    await self._news.wait()
            except TimeoutError:
                heard = [message.text[:40] for message in self.heard[self._since :]]
                raise Unanswered(
                    f"{self.person.name} did {self.last_act} and waited in vain for {what}; heard {heard}"
                ) from None

    async def tap(self, option: str, under: Seen) -> None:
        """Tap a button of that message: an option of a conversation's question, or what the button does."""
        await self.act(self.person.tap, options(under).get(option, option), under)

    def words(self, about: str) -> str:
        """Words that nobody else says in this run."""
        self._words += 1
        return f"{about} <{self._words}> & {self.person.name}"

    async def joins(self, neighbourhood: str | None) -> None:
        """Say hello, agree, tell the neighbourhood."""
        await self.act(self.person.start)
        await self.tap("yes", await self.awaits("the question for consent", asks("yes", "no")))
        question = await self.awaits("the question for the neighbourhood", asks("skip", "elsewhere"))
        await self.tap(neighbourhood or "skip", question)
        await self.awaits("what one can do", lambda message: "do.report" in does(message))
        self.ledger.joined.append(self.person.id)


class Resident(Player):
    """Reports, answers the two questions, and says whether it is really solved."""

    def __init__(self, person: Person, ledger: Ledger, chance: random.Random, patience: float, area: Area) -> None:
        super().__init__(person, ledger, chance, patience)
        self.topics = [topic.key for topic in area.topics]
        self.neighbourhoods = [each.code for each in area.neighbourhoods]
        self.elsewhere = {topic for each in area.elsewhere for topic in each.topics}
        self._asked: list[tuple[str, Seen]] = []
        self._known_questions: set[str] = set()

    def hear(self, message: Seen) -> None:
        """A follow-up waits until there is a moment for it."""
        if asks("yes", "no", "unknown")(message) and message.text not in self._known_questions:
            self._known_questions.add(message.text)
            self._asked.append((codes(message)[-1], message))
        super().hear(message)

    async def live(self, until: asyncio.Event) -> None:
        """Do one thing after the other until told to stop, and from then on only answer."""
        await self.joins(self.chance.choice([None, *self.neighbourhoods]))
        while not until.is_set():
            await self.chance.choice([self.reports, self.reports, self.answers_two_questions])()
            await self.answers_follow_ups()
        while True:
            await self.answers_follow_ups()
            self._news.clear()
            await self._news.wait()

    async def reports(self) -> None:
        """Report something: by the command, or out of the blue in words or with a photo."""
        told = Reported(self.person.id)
        self.ledger.reported.append(told)
        way = self.chance.choice(["command", "command", "words", "photo"])
        if way == "command":
            await self.act(self.person.say, "/report")
        elif way == "words":
            told.words = self.words("Out of the blue")
            await self.act(self.person.say, told.words)
        else:
            told.words = self.words("Under a photo")
            told.photos += (await self.act(self.person.photo, None, told.words)).photos
        await self.goes_on_with(told)

    async def goes_on_with(self, told: Reported) -> None:
        """Answer the questions about a complaint that weren't answered yet."""
        question = await self.awaits("the topics", asks("other"))
        await self.perhaps_answers_a_follow_up()
        told.topic = self.chance.choice(self.topics)
        await self.tap(told.topic, question)
        if not told.words:
            await self.awaits("the question for words", asks_for_words)
            told.words = self.words("The paving is broken")
            await self.act(self.person.say, told.words)
        if told.topic in self.elsewhere:
            await self.tap("pass", await self.awaits("where it belongs", asks("pass", "self")))
        await self.awaits("the question for the place", asks_for_a_place)
        if self.chance.random() < 0.5:
            told.place = self.words("Near number")
            await self.act(self.person.say, told.place)
        else:
            told.place = (50.9 + self.chance.randrange(100) / 10_000, 5.95)
            await self.act(self.person.spot, *told.place)
        question = await self.awaits("what comes after the place", comes_after_the_place)
        if asks("yes")(question):
            await self.tap("no", question)
        if not told.photos:
            question = await self.awaits("the question for photos", asks("skip"))
            how_many = self.chance.choice([0, 0, 0, 1, 2])
            if how_many == 0:
                await self.tap("skip", question)
            elif how_many == 1:
                told.photos += (await self.act(self.person.photo)).photos
            else:
                for part in await self.act(self.person.album, [None] * how_many):
                    told.photos += part.photos
        before = {code for message in self.heard for code in codes(message)}
        await self.tap("send", await self.awaits("the summary", asks("send")))
        ended = await self.awaits("a new code", lambda message: bool(set(codes(message)) - before))
        told.code = codes(ended)[-1]

    async def answers_two_questions(self) -> None:
        """Answer the two questions, or skip one; what must be better may become a complaint."""
        await self.act(self.person.say, "/questions")
        question = await self.awaits("the first question", asks("skip"))
        proud = await self._answers(question, "Proud of the park")
        question = await self.awaits("the second question", lambda message: is_next(message, question))
        better = await self._answers(question, "More light")
        ended = await self.awaits("thanks", thanks_for(better))
        self.ledger.answered.append(Answered(self.person.id, proud, better))
        if better and self.chance.random() < 0.4:
            told = Reported(self.person.id, words=better)
            self.ledger.reported.append(told)
            await self.tap(next(each for each in does(ended) if each.startswith("A")), ended)
            await self.goes_on_with(told)

    async def _answers(self, question: Seen, about: str) -> str | None:
        if self.chance.random() < 0.25:
            await self.tap("skip", question)
            return None
        words = self.words(about)
        await self.act(self.person.say, words)
        return words

    async def perhaps_answers_a_follow_up(self) -> None:
        """In the middle of something else."""
        if self._asked and self.chance.random() < 0.5:
            await self._answers_follow_up(*self._asked.pop(0))

    async def answers_follow_ups(self) -> None:
        """Answer all that were asked."""
        while self._asked:
            await self._answers_follow_up(*self._asked.pop(0))

    async def _answers_follow_up(self, code: str, question: Seen) -> None:
        told = self.ledger.by_code(code)
        again = "no" in told.verdicts
        verdict = self.chance.choice(["yes", "yes", "unknown"] if again else ["yes", "yes", "no", "unknown"])
        await self.tap(verdict, question)
        if verdict == "no":
            await self.awaits("the question what is wrong", asks("skip"))
            told.wrong.append(self.words("Still broken"))
            await self.act(self.person.say, told.wrong[-1])
        await self.awaits(f"thanks about {code}", says(code))
        told.verdicts.append(verdict)


class Coordinator(Player):
    """Solves what is reported, one complaint after the other."""

    def __init__(self, person: Person, ledger: Ledger, chance: random.Random, patience: float) -> None:
        super().__init__(person, ledger, chance, patience)
        self._notices: asyncio.Queue[tuple[str, Seen]] = asyncio.Queue()
        self._known_notices: set[str] = set()

    def hear(self, message: Seen) -> None:
        """A complaint, or one that came back, waits for its turn."""
        code = next((each.removesuffix(".card") for each in does(message) if each.endswith(".card")), None)
        if code is not None and message.text not in self._known_notices:
            self._known_notices.add(message.text)
            self._notices.put_nowait((code, message))
        super().hear(message)

    async def live(self) -> None:
        """Work through all notices."""
        while True:
            code, notice = await self._notices.get()
            while not any(each.code == code for each in self.ledger.reported):  # noqa: ASYNC110 - somebody else's act
                await asyncio.sleep(0.05)  # the notice can be quicker than the reporter's own answer
            await self.solves(code, notice)

    async def solves(self, code: str, notice: Seen) -> None:
        """Solve it by the command, by a photo's caption, or by the buttons of its card."""
        told = self.ledger.by_code(code)
        if not told.taken and self.chance.random() < 0.2:
            await self.act(self.person.say, f"/take {code}")
            await self.awaits(f"that {code} is taken", says(code))
            told.taken += 1
        done = Solution(self.words("Repaired"), [])
        way = self.chance.choice(["command", "command", "caption", "card"])
        if way == "command":
            await self.act(self.person.say, f"/solve {code} {done.words}")
        elif way == "caption":
            done.photos += (await self.act(self.person.photo, None, f"/solve {code} {done.words}")).photos
        else:
            await self._by_card(code, notice, told, done)
        await self.awaits(f"that {code} is done", says(code))
        told.solutions.append(done)
        question = [*told.photos, *done.photos]  # of what was done before, and wasn't enough, nothing is shown again
        for photo in (*done.photos, *question):  # with the notice, and with the follow-up's question
            self.ledger.pictures[told.reporter, photo] += 1

    async def _by_card(self, code: str, notice: Seen, told: Reported, done: Solution) -> None:
        await self.tap(f"{code}.card", notice)
        card = await self.awaits(f"the card of {code}", lambda message: f"{code}.solve" in does(message))
        for photo in (*told.photos, *(photo for each in told.solutions for photo in each.photos)):
            self.ledger.pictures[self.person.id, photo] += 1
        await self.tap(f"{code}.solve", card)
        await self.awaits("the question what was done", asks_for_words)
        await self.act(self.person.say, done.words)
        question = await self.awaits("the question for photos", asks("skip"))
        if self.chance.random() < 0.5:
            await self.tap("skip", question)
        else:
            done.photos += (await self.act(self.person.photo)).photos
        await self.tap("send", await self.awaits("the summary", asks("send")))


def everybody(
    simulator: Simulator, ledger: Ledger, area: Area, seed: int, residents: int, coordinator: int, patience: float
) -> tuple[list[Resident], Coordinator]:
    """The people of a run; each decides by a chance of their own, so that a seed gives the same people again."""
    town = [
        Resident(
            simulator.person(f"Resident {number}", "en"), ledger, random.Random(f"{seed}/{number}"), patience, area
        )
        for number in range(1, residents + 1)
    ]
    office = Coordinator(
        simulator.person("Sanne", "en", id=coordinator), ledger, random.Random(f"{seed}/office"), patience
    )
    players: dict[int, Player] = {player.person.id: player for player in (*town, office)}

    def heard(chat: int, message: Seen) -> None:
        players[chat].hear(message)

    simulator.on_message(heard)
    return town, office
