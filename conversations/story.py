"""The end of an idea: a photo and two questions, and whether others may see it."""

from __future__ import annotations

from conversations.questions import Option
from conversations.spent import MoneyLeft, SpendsFirst, StoryTold
from conversations.talk import Talk
from conversations.words import Money, _


async def story(talk: Talk) -> StoryTold | SpendsFirst:
    """Ask how it went; what is left goes back, so first whether that is all."""
    number = talk.given("idea")
    left = await talk.look_up("left", MoneyLeft(number))
    if left:
        back = [
            _("There is {amount} left on your voucher.", amount=Money(left)),
            _("It goes back for other ideas. Is everything paid for?"),
        ]
        all_paid = [Option("yes", _("Yes, that's all")), Option("no", _("No, one more receipt"))]
        if await talk.choose("sure", back, all_paid) == "no":
            return SpendsFirst(number)
    photos = await talk.photos("photos", _("Nice that it's done! Send a photo of it?"), skippable=True)
    done = await talk.tell("done", _("What did you do?"))
    difference = await talk.tell("difference", _("And what has changed by it?"), skippable=True)
    shown = await talk.choose(
        "shown",
        [_("May other residents see this too?"), _("With the photo, without your name.")],
        [Option("yes", _("Yes, show it")), Option("no", _("No, only the office"))],
    )
    return StoryTold(number, done, difference, photos, shown == "yes")
