"""GetDelegate, AddDelegate, UpdateDelegate and RemoveDelegate: who acts in one's name ([MS-OXWSDLGM])."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final

from reference_impl.domain.delegation import MeetingDelivery
from reference_impl.domain.errors import DelegateUnknown
from reference_impl.domain.mailbox import FolderRole, Mailbox
from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.fields.permissions import LEVEL_NAMES, LEVELS_NAMED
from reference_impl.ews.fields.setters import flag_of
from reference_impl.ews.fields.users import read_user, write_user
from reference_impl.ews.namespaces import m, t
from reference_impl.ews.operations.answers import failure, sole, speaking_of, success
from reference_impl.ews.tree import Element
from reference_impl.service import delegates
from reference_impl.service.delegates import DelegateChange, DelegateShown
from reference_impl.service.directory import find_mailbox

_MESSAGE: Final = "DelegateUserResponseMessageType"

_DELIVERY: Final[Mapping[MeetingDelivery, str]] = {
    MeetingDelivery.DELEGATES_ONLY: "DelegatesOnly",
    MeetingDelivery.DELEGATES_AND_ME: "DelegatesAndMe",
    MeetingDelivery.DELEGATES_AND_INFORM_ME: "DelegatesAndSendInformationToMe",
    MeetingDelivery.NO_FORWARD: "NoForward",
}
_DELIVERY_OF: Final = {name: delivery for delivery, name in _DELIVERY.items()}
_BEFORE_2010: Final = {MeetingDelivery.NO_FORWARD: MeetingDelivery.DELEGATES_AND_ME}
"""What tells the same to clients that know no other word for it: the owner gets everything."""

_FOLDERS: Final[tuple[tuple[str, FolderRole], ...]] = (
    ("CalendarFolderPermissionLevel", FolderRole.CALENDAR),
    ("TasksFolderPermissionLevel", FolderRole.TASKS),
    ("InboxFolderPermissionLevel", FolderRole.INBOX),
    ("ContactsFolderPermissionLevel", FolderRole.CONTACTS),
    ("NotesFolderPermissionLevel", FolderRole.NOTES),
    ("JournalFolderPermissionLevel", FolderRole.JOURNAL),
)


def get_delegate(request: Element, call: Call) -> str:
    """Answer a GetDelegate: about the users it names, else about every delegate."""

    def told() -> str:
        owner = _owner(request, call)
        delegation = delegates.delegation(call.world, owner)
        named = request.find(m("UserIds"))
        with_levels = request.get("IncludePermissions") in {"true", "1"}

        def show(named: Element | None, user: str = "") -> str:
            key = user if named is None else _mailbox(named, call).person.key
            return _written(delegates.delegate_shown(call.world, owner, key), call, with_levels=with_levels)

        if named is None:
            messages = _messages(partial(show, None, delegate.user) for delegate in delegation.delegates)
        else:
            messages = _messages(partial(show, element) for element in named)
        delivery = delegation.delivery
        if not call.version.has("Exchange2010"):
            delivery = _BEFORE_2010.get(delivery, delivery)
        return messages + f"<m:DeliverMeetingRequests>{_DELIVERY[delivery]}</m:DeliverMeetingRequests>"

    return sole("GetDelegate", told)


def add_delegate(request: Element, call: Call) -> str:
    """Answer an AddDelegate."""
    users, delivery = request.find(m("DelegateUsers")), _delivery(request)
    assert users is not None

    def told() -> str:
        owner = _owner(request, call)

        def add(element: Element) -> str:
            user = _mailbox(element.find(t("UserId")), call)
            shown = delegates.add_delegate(call.world, owner, user, _change(element), delivery)
            return _written(shown, call, with_levels=True)

        return _messages(partial(add, user) for user in users)

    return sole("AddDelegate", told)


def update_delegate(request: Element, call: Call) -> str:
    """Answer an UpdateDelegate, which may concern the delivery of meeting messages alone."""
    users, delivery = request.find(m("DelegateUsers")), _delivery(request)

    def told() -> str:
        owner = _owner(request, call)

        def update(element: Element) -> str:
            user = _mailbox(element.find(t("UserId")), call).person.key
            shown = delegates.update_delegate(call.world, owner, user, _change(element))
            return _written(shown, call, with_levels=True)

        messages = _messages(partial(update, user) for user in (() if users is None else users))
        if delivery is not None:
            delegates.deliver_meetings(call.world, owner, delivery)
        return messages

    return sole("UpdateDelegate", told)


def remove_delegate(request: Element, call: Call) -> str:
    """Answer a RemoveDelegate."""
    users = request.find(m("UserIds"))
    assert users is not None

    def told() -> str:
        owner = _owner(request, call)

        def remove(element: Element) -> str:
            delegates.remove_delegate(call.world, owner, _mailbox(element, call).person.key)
            return ""

        return _messages(partial(remove, user) for user in users)

    return sole("RemoveDelegate", told)


def _owner(request: Element, call: Call) -> Mailbox:
    """The mailbox named, which must be the caller's own: nobody else says who acts for its owner."""
    address = (request.findtext(f"{m('Mailbox')}/{t('EmailAddress')}") or "").strip()
    owner = find_mailbox(call.world, address)
    if owner is None:
        raise ResponseError("ErrorNonExistentMailbox", f"Nobody has the address {address!r}.")
    if owner.id != call.actor.id:
        raise ResponseError("ErrorAccessDenied", f"{call.actor.address} is not the owner of {owner.address}.")
    return owner


def _messages(acts: Iterable[Callable[[], str]]) -> str:
    """The response messages about single users; where there are none, there is no element for them."""
    messages: list[str] = []
    for act in acts:
        try:
            with speaking_of():
                messages.append(success("", act(), name=_MESSAGE))
        except ResponseError as error:
            messages.append(failure("", error, name=_MESSAGE))
    return f"<m:ResponseMessages>{''.join(messages)}</m:ResponseMessages>" if messages else ""


def _mailbox(element: Element | None, call: Call) -> Mailbox:
    """The user of a t:UserId. Raises ErrorInvalidDelegateUserId where none is named in particular, DelegateUnknown."""
    assert element is not None
    user = read_user(element)
    if user.is_empty or user.distinguished:
        raise ResponseError("ErrorInvalidDelegateUserId", "A delegate is named by a PrimarySmtpAddress or a SID.")
    mailbox = user.mailbox(call.world)
    if mailbox is None:
        raise DelegateUnknown(user=user.address or user.security_id)
    return mailbox


def _delivery(request: Element) -> MeetingDelivery | None:
    text = request.findtext(m("DeliverMeetingRequests"))
    return None if text is None else _DELIVERY_OF[text.strip()]


def _change(element: Element) -> DelegateChange:
    """What a t:DelegateUser says."""
    given = element.find(t("DelegatePermissions"))
    levels = {} if given is None else {role: given.findtext(t(name)) for name, role in _FOLDERS}
    return DelegateChange(
        levels={role: LEVELS_NAMED[text.strip()] for role, text in levels.items() if text is not None},
        receives_copies=_flag(element, "ReceiveCopiesOfMeetingMessages"),
        views_private=_flag(element, "ViewPrivateItems"),
    )


def _flag(element: Element, name: str) -> bool | None:
    found = element.find(t(name))
    return None if found is None else flag_of(found)


def _written(shown: DelegateShown, call: Call, *, with_levels: bool) -> str:
    delegate, mailbox = shown.delegate, find_mailbox(call.world, shown.delegate.user)
    assert mailbox is not None, "a delegate without a mailbox"
    levels = "".join(xml.leaf(name, LEVEL_NAMES[shown.levels[role]]) for name, role in _FOLDERS)
    return (
        f"<m:DelegateUser>{write_user(mailbox)}"
        + (xml.node("DelegatePermissions", levels) if with_levels else "")
        + xml.leaf("ReceiveCopiesOfMeetingMessages", delegate.receives_copies)
        + xml.leaf("ViewPrivateItems", delegate.views_private)
        + "</m:DelegateUser>"
    )
