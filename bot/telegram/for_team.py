"""Who may do what, and who did what: the coordinators' own commands."""

from __future__ import annotations

from bot.neighbourhood import hand_over, panel_meetings, panel_members, residents, role_changes, team
from bot.neighbourhood.work import COORDINATORS, ROLES, STAFF, Action, NotAllowed
from bot.telegram import for_colleagues
from bot.telegram.command import Command
from bot.telegram.dialogues import Dialogues
from bot.telegram.history_names import HISTORY_NAMES
from bot.telegram.pages import send_page
from conversations.inputs import Input
from conversations.words import Words, fold, s_


async def log(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/log`."""
    await show_log(talk, None)


async def show_log(talk: Dialogues, before: int | None) -> None:
    """A page of who did what."""
    found = await team.log(talk.work, talk.person, before)
    lines: list[Words] = [
        s_(
            "{moment} · {who} · {what} · {subject}",
            moment=each.at,
            who=s_("resident {number}", number=str(each.by)) if each.by else s_("the bot"),
            what=HISTORY_NAMES.get(each.what, each.what),
            subject=f"{each.subject} {each.words[:60]}".strip(),
        )
        for each in found[: team.LOG_PAGE]
    ]
    text = "\n".join(talk.work.render(line, talk.person.chat.language) for line in lines)
    send_page(talk, [text], f"log.{found[team.LOG_PAGE - 1].id}." if len(found) > team.LOG_PAGE else None)


async def show_team(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/team`: who may do what, with buttons for what they work on and to take a role away; the panel sees its own."""
    has_met = panel_meetings.may_enter(talk.person) and await panel_members.exists(talk.work)
    met = [Action(s_("The panel has met"), "panel.met")] if has_met else []
    if not talk.person.is_one_of(COORDINATORS):
        talk.say(await panel_meetings.made_up(talk.work), met)
        return
    members = await team.members(talk.work, talk.person)
    lines = [for_colleagues.line(talk, each) for each in members]
    actions = [
        Action(s_("The work of {number}", number=str(each.resident_id)), f"works.{each.role_id}")
        for each in members
        if each.role in STAFF
    ]
    actions += [
        Action(s_("{number} chairs the panel", number=str(each.resident_id)), f"chair.{each.role_id}")
        for each in members
        if each.role == "panel" and not each.chairs
    ]
    actions += [
        Action(
            s_("Take {role} from {number}", role=team.ROLE_NAMES[each.role], number=str(each.resident_id)),
            f"role.{each.role_id}",
        )
        for each in members
        if each.resident_id != talk.person.resident.id
    ]
    new = s_("Somebody new? {example}", example="/join_link staff")
    talk.say([s_("The team:"), *lines, *await panel_meetings.made_up(talk.work), new], [*met, *actions])


async def withdraw(talk: Dialogues, role_id: int) -> None:
    """A tap that takes a role away; who had it is told."""
    member = await role_changes.withdraw(talk.work, talk.person, role_id)
    if member is None:
        talk.say([s_("That role can't be taken away, or it was already.")])
        return
    hand_on = []
    if await hand_over.has_work(talk.work, member.resident_id):
        hand_on = [Action(s_("Hand over their open work"), f"hand.{member.resident_id}")]
    talk.say([s_("Done. Resident {number} no longer has that role.", number=str(member.resident_id))], hand_on)
    if (person := await residents.person_of(talk.work, member.resident_id)) is not None:
        role = team.ROLE_NAMES[member.role]
        talk.work.tell(
            person.chat, [s_("This role is no longer yours: {role}. Thank you for what you did!", role=role)]
        )
        talk.work.new_menus.append(person)


async def _make_chair(talk: Dialogues, role_id: int) -> bool:
    """A tap that makes a member of the panel its chair, who is told."""
    member = await panel_members.make_chair(talk.work, talk.person, role_id)
    if member is None:
        talk.say([s_("That member has this role no more.")])
        return True
    talk.say([s_("Done. Resident {number} chairs the panel now.", number=str(member.resident_id))])
    if (person := await residents.person_of(talk.work, member.resident_id)) is not None:
        said = s_("You chair the panel now: you enter here what its meeting decides about an idea.")
        if person.resident.id != talk.person.resident.id:
            talk.work.tell(person.chat, [said])
    return True


async def join_link(talk: Dialogues, words: str, given: Input | None) -> None:
    """`/join_link role`."""
    role = {"regiegroep": "panel", "medewerker": "staff", "coordinator": "coordinator"}.get(fold(words), fold(words))
    if role not in ROLES:
        talk.say([s_("Which role: panel, staff or coordinator? For example: {example}", example="/join_link staff")])
        return
    payload = await team.make_link(talk.work, talk.person, role)
    talk.say(
        [
            s_(
                "Send this link to your new colleague. Role: {role}. It works once, until tomorrow.",
                role=team.ROLE_NAMES[role],
            ),
            f"https://t.me/{talk.work.bot_name}?start={payload}",
        ]
    )


async def button(talk: Dialogues, subject: str, what: str) -> bool:
    """A tap that takes a role away or shows more of the log; False where there is no such button."""
    if await for_colleagues.button(talk, subject, what):
        return True
    number = what.rstrip(".")
    if subject == "panel" and what == "met":
        if not panel_meetings.may_enter(talk.person):
            raise NotAllowed("panel met")
        await talk.ask(await talk.open("panel_met"))
        return True
    if subject == "chair" and number.isdecimal() and len(number) <= 9:
        return await _make_chair(talk, int(number))
    if subject not in ("role", "log") or not number.isdecimal() or len(number) > 9:
        return False
    await (withdraw if subject == "role" else show_log)(talk, int(number))
    return True


COMMANDS: tuple[Command, ...] = (
    *for_colleagues.COMMANDS,
    Command("team", "team", s_("see who may do what"), show_team, roles=COORDINATORS | panel_members.PANEL),
    Command("join_link", "join_link", s_("bring somebody into the team"), join_link, roles=COORDINATORS),
    Command("log", "logboek", s_("see who did what"), log, roles=COORDINATORS),
)
