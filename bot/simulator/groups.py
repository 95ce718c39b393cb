"""Groups, as tests play them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.simulator.errors import must
from bot.simulator.membership import bot_comes, bot_goes
from bot.simulator.seen import Seen, seen
from bot.simulator.state import BotAccount, Dialog, Human
from bot.simulator.world import World


class Member(Protocol):
    """A person, as far as a group is concerned."""

    @property
    def id(self) -> int:
        """The Telegram id."""

    @property
    def name(self) -> str:
        """The first name."""

    @property
    def human(self) -> Human:
        """The account."""

    @property
    def bot(self) -> BotAccount:
        """The bot that this person brings along."""


class Group:
    """A group chat with people and bots."""

    def __init__(self, world: World, dialog: Dialog) -> None:
        self.world = world
        self.dialog = dialog

    @classmethod
    def made(
        cls,
        world: World,
        number: int,
        title: str,
        members: Sequence[Member],
        admins: Sequence[Member],
        bot: BotAccount | None,
        bot_is_admin: bool,
    ) -> Group:
        """The group with this number; made when it is not there yet."""
        dialog = world.state.dialogs.get((0, number))
        if dialog is None:
            dialog = Dialog(0, number, kind="supergroup" if number < -1_000_000_000_000 else "group", title=title)
            world.state.dialogs[0, number] = dialog
            dialog.members = [member.id for member in members]
            dialog.admins = [member.id for member in admins]
            world.state.touch_dialog(dialog)
            if bot is not None:
                founder = members[0].human if members else Human(1, "Telegram")
                bot_comes(world, dialog, bot, founder, bot_is_admin)
        while dialog.upgraded_to is not None:
            dialog = world.state.dialogs[0, dialog.upgraded_to]
        return cls(world, dialog)

    @property
    def id(self) -> int:
        """The chat's id; another one after an upgrade."""
        return self.dialog.chat_id

    @property
    def messages(self) -> list[Seen]:
        """Everything in the group, the oldest first."""
        return [seen(kept) for kept in self.dialog.messages.values()]

    @property
    def last(self) -> Seen:
        """The newest message of a bot."""
        return next(message for message in reversed(self.messages) if message.from_bot)

    def check(self, person: Member, anonymous: bool = False) -> None:
        """Only members speak in a group, and only administrators without a name."""
        must(person.id in self.dialog.members, f"{person.name} is not in {self.dialog.title}")
        must(not anonymous or person.id in self.dialog.admins, f"{person.name} is no administrator")

    def add(self, person: Member) -> None:
        """Somebody joins; the bot sees Telegram's note of it."""
        self.dialog.members.append(person.id)
        self.world.post_by_human(person.human, self.dialog, new_chat_members=[person.human.user()])

    def remove(self, person: Member) -> None:
        """Somebody goes; the bot sees Telegram's note of it."""
        self.world.post_by_human(person.human, self.dialog, left_chat_member=person.human.user())
        self.dialog.members.remove(person.id)
        self.world.state.touch_dialog(self.dialog)

    def add_bot(self, by: Member, *, admin: bool = False) -> None:
        """Somebody adds the bot."""
        bot_comes(self.world, self.dialog, by.bot, by.human, admin)

    def remove_bot(self, by: Member) -> None:
        """Somebody puts the bot out."""
        bot_goes(self.world, self.dialog, by.bot, kicked=True, by=by.human)

    def upgrade(self) -> int:
        """The group becomes a supergroup with another id, which it gives."""
        old = self.dialog
        human = self.world.state.humans[old.members[0]]
        number = -self.world.state.next_number("supergroup", 1_002_000_000_001)
        new = Dialog(0, number, kind="supergroup", title=old.title, members=[*old.members], bots=[*old.bots])
        new.admins = [*old.admins]
        self.world.state.dialogs[0, number] = new
        self.world.post_by_human(human, old, migrate_to_chat_id=number)
        old.upgraded_to = number
        self.world.state.touch_dialog(old)
        self.dialog = new
        self.world.post_by_human(human, new, migrate_from_chat_id=old.chat_id)
        return number
