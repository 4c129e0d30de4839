"""PerformReminderAction: reminders dismissed and put off (DOC performreminderaction-operation)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from reference_impl.domain.errors import ItemNotFound
from reference_impl.domain.items import CalendarItem
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import m, t
from reference_impl.ews.operations.answers import sole
from reference_impl.ews.operations.references import bare_id, item_of, version_read
from reference_impl.ews.tree import Element
from reference_impl.service.reminders import dismiss, snooze

_Action = Callable[[], CalendarItem | None]


def perform_reminder_action(request: Element, call: Call) -> str:
    """Answer a PerformReminderAction. It names the items that changed; those without a reminder do not.

    A request that cannot be understood as a whole changes nothing.
    """
    return sole("PerformReminderAction", lambda: f"<m:UpdatedItemIds>{_performed(request, call)}</m:UpdatedItemIds>")


def _performed(request: Element, call: Call) -> str:
    elements = request.iterfind(f"{m('ReminderItemActions')}/{t('ReminderItemAction')}")
    actions = [action for element in elements if (action := _action(element, call)) is not None]
    return "".join(bare_id(changed) for action in actions if (changed := action()) is not None)


def _action(element: Element, call: Call) -> _Action | None:
    """What is to be done; None with an item that is not there."""
    id_element = element.find(t("ItemId"))
    assert id_element is not None
    version_read(id_element, call)
    is_snooze = (element.findtext(t("ActionType")) or "").strip() == "Snooze"
    later = (element.findtext(t("NewReminderTime")) or "").strip()
    if is_snooze and not later:
        raise ResponseError("ErrorMissingArgument", "A reminder is put off to a NewReminderTime.")
    until = call.read_time(later) if is_snooze else None
    try:
        item = item_of(id_element, call)
    except ItemNotFound:
        return None
    owner = call.owner(item.mailbox_id)
    if until is None:
        return partial(dismiss, call.world, owner, item.id, call.actor)
    return partial(snooze, call.world, owner, item.id, until, call.actor)
