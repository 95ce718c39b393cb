"""The tables. `docs/architecture.md` tells of each what it is for, who writes it and how long its rows stay.

Moments are UTC. Amounts of time are seconds. Texts of residents are theirs: no code changes them.
"""

from bot.store.base import Base
from bot.store.tables.contributions import (
    Answer,
    Complaint,
    Event,
    EventAnswer,
    Found,
    Idea,
    Photo,
    Promise,
    Recording,
    Reporter,
)
from bot.store.tables.people import Chat, Conversation, JoinLink, PersonTalk, PersonTalkLine, Resident, Role, StaffRoom
from bot.store.tables.traffic import Broadcast, Due, History, Job, Lease, Lock, Message, Post, Recipient, Update
from bot.store.tables.vouchers import (
    Budget,
    Consultation,
    Entry,
    IdeaFriend,
    Opinion,
    PanelMeeting,
    RuleCheck,
    Spending,
    Vote,
    Voucher,
)

__all__ = [
    "Answer",
    "Base",
    "Broadcast",
    "Budget",
    "Chat",
    "Complaint",
    "Consultation",
    "Conversation",
    "Due",
    "Entry",
    "Event",
    "EventAnswer",
    "Found",
    "History",
    "Idea",
    "IdeaFriend",
    "Job",
    "JoinLink",
    "Lease",
    "Lock",
    "Message",
    "Opinion",
    "PanelMeeting",
    "PersonTalk",
    "PersonTalkLine",
    "Photo",
    "Post",
    "Promise",
    "Recipient",
    "Recording",
    "Reporter",
    "Resident",
    "Role",
    "RuleCheck",
    "Spending",
    "StaffRoom",
    "Update",
    "Vote",
    "Voucher",
]
