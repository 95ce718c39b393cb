"""What is said: one file a conversation, reading top to bottom like the talk itself.

Nothing here knows of Telegram, a database or a clock: flows ask, and return what was said.
"""

from conversations.complaint import out_of_the_blue, report_complaint
from conversations.event import announce_event
from conversations.follow_up import follow_up
from conversations.forget import forget_me
from conversations.idea import hand_in_idea
from conversations.office import answer_idea, award_idea, cannot, not_now_idea, plan, solve
from conversations.talk import Flow
from conversations.two_questions import two_questions
from conversations.welcome import welcome

FLOWS: dict[str, Flow] = {
    "welcome": welcome,
    "questions": two_questions,
    "report": report_complaint,
    "blue": out_of_the_blue,
    "follow_up": follow_up,
    "plan": plan,
    "solve": solve,
    "cannot": cannot,
    "idea": hand_in_idea,
    "answer_idea": answer_idea,
    "award_idea": award_idea,
    "not_now_idea": not_now_idea,
    "event": announce_event,
    "forget": forget_me,
}
"""Every conversation by the name under which it is stored: a public format, see `docs/architecture.md`."""
