"""What the office says often, in every language: picked by a tap, so that a reader gets it in their own."""

from __future__ import annotations

from conversations.words import Text, _, s_

OTHER = "other"
REASONS: dict[str, tuple[Text, Text]] = {
    "money": (s_("No money for it"), _("There is no money for it now.")),
    "law": (s_("The rules forbid it"), _("The rules don't allow it.")),
    "owner": (s_("Its owner decides"), _("It belongs to somebody else, and they decide about it.")),
    "safety": (s_("Not safe"), _("It wouldn't be safe.")),
}
"""Why something can't be done: what staff tap → what residents read."""
IDEA_REASONS: dict[str, tuple[Text, Text]] = {
    "money": (s_("No money for it"), _("There is no money for it now.")),
    "law": (s_("The rules forbid it"), _("The rules don't allow it.")),
    "owner": (s_("Its owner decides"), _("It belongs to somebody else, and they decide about it.")),
    "few": (s_("Too few who join in"), _("There are too few neighbours who join in.")),
    "there": (s_("It's there already"), _("There is something like it already.")),
    "safety": (s_("Not safe"), _("It wouldn't be safe.")),
}
"""Why an idea can't go ahead, or not now: who decides taps → its owner reads."""
ANSWERS: dict[str, tuple[Text, Text]] = {
    "looking": (s_("We look into it"), _("We are looking into it.")),
    "thanks": (s_("Thank you"), _("Thank you for telling us. It helps.")),
    "seen": (s_("We had a look"), _("We came and had a look.")),
    "longer": (s_("It takes longer"), _("It takes longer than we thought. Sorry. We haven't forgotten it.")),
}
"""What can be said at any time: what staff tap → what residents read."""


def sentence(kind: dict[str, tuple[Text, Text]], key: str) -> list[Text]:
    """What residents read; nothing for "other", and for a key that this version no longer has."""
    return [kind[key][1]] if key in kind else []
