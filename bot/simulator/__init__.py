"""A local stand-in for Telegram's server, on python-telegram-bot's types, with a chat page."""

from bot.simulator.dispatch import Call
from bot.simulator.faults import Fault
from bot.simulator.groups import Group
from bot.simulator.pace import Pace, Statistics
from bot.simulator.people import Person
from bot.simulator.seen import Button, Seen
from bot.simulator.server import DEFAULT_TOKEN, Simulator

__all__ = [
    "DEFAULT_TOKEN",
    "Button",
    "Call",
    "Fault",
    "Group",
    "Pace",
    "Person",
    "Seen",
    "Simulator",
    "Statistics",
]
