"""What is said: one file a conversation, reading top to bottom like the talk itself.

Nothing here knows of Telegram, a database or a clock: flows ask, and return what was said.
"""

from conversations.after_event import thank
from conversations.at_event import where_you_live
from conversations.broadcast import announce_news, correct, decline
from conversations.coming import how_many, name_for_list, what_you_bring
from conversations.complaint import out_of_the_blue, report_complaint
from conversations.consultation import consult, why
from conversations.event import announce_event
from conversations.event_change import cancel_event, change_event
from conversations.follow_up import follow_up
from conversations.forget import forget_me
from conversations.hand_over import hand_over
from conversations.heard import write_down
from conversations.idea import hand_in_idea, supply_idea, withdraw_idea
from conversations.idea_friends import offer_help, panel_met, welcome_help
from conversations.idea_panel import award_idea, cannot_idea, meeting_idea, more_idea, not_now_idea, refer_idea
from conversations.moved import move_house
from conversations.neighbour import bring, brought
from conversations.office import (
    answer_idea,
    cannot,
    not_ours,
    pass_on,
    plan,
    same,
    solve,
    tell,
)
from conversations.person import talk_to_a_person
from conversations.recording import record
from conversations.said_and_done import said_and_done
from conversations.spend import refuse_spending, spend
from conversations.spoken import spoken
from conversations.story import story
from conversations.talk import Flow
from conversations.two_questions import two_questions
from conversations.walk import accept_walk, decline_walk, move_walk, propose_walk
from conversations.welcome import consent_anew, welcome
from conversations.withdraw import withdraw

FLOWS: dict[str, Flow] = {
    "welcome": welcome,
    "consent": consent_anew,
    "questions": two_questions,
    "report": report_complaint,
    "blue": out_of_the_blue,
    "follow_up": follow_up,
    "pass_on": pass_on,
    "not_ours": not_ours,
    "same": same,
    "withdraw": withdraw,
    "plan": plan,
    "solve": solve,
    "cannot": cannot,
    "tell": tell,
    "record": record,
    "idea": hand_in_idea,
    "answer_idea": answer_idea,
    "award_idea": award_idea,
    "not_now_idea": not_now_idea,
    "cannot_idea": cannot_idea,
    "more_idea": more_idea,
    "refer_idea": refer_idea,
    "meeting_idea": meeting_idea,
    "supply_idea": supply_idea,
    "withdraw_idea": withdraw_idea,
    "consult": consult,
    "why": why,
    "offer_help": offer_help,
    "welcome_help": welcome_help,
    "panel_met": panel_met,
    "event": announce_event,
    "broadcast": announce_news,
    "correct": correct,
    "decline": decline,
    "event_change": change_event,
    "event_cancel": cancel_event,
    "after_event": thank,
    "walk": propose_walk,
    "accept_walk": accept_walk,
    "move_walk": move_walk,
    "decline_walk": decline_walk,
    "how_many": how_many,
    "brings": what_you_bring,
    "list_name": name_for_list,
    "forget": forget_me,
    "person": talk_to_a_person,
    "moved": move_house,
    "home": where_you_live,
    "bring": bring,
    "brought": brought,
    "spoken": spoken,
    "heard": write_down,
    "hand_over": hand_over,
    "said_and_done": said_and_done,
    "spend": spend,
    "refuse_spending": refuse_spending,
    "story": story,
}
"""Every conversation by the name under which it is stored: a public format, see `docs/architecture.md`."""
