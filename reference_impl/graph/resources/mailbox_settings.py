"""The owner's mailbox settings: read whole or one by one, and changed."""

from __future__ import annotations

from collections.abc import Callable

from reference_impl.graph.call import Call, Result
from reference_impl.graph.fields.mailbox_settings import SETTINGS
from reference_impl.graph.odata.selecting import read_select
from reference_impl.graph.reading.mailbox_settings import changed
from reference_impl.service.mailbox_settings import change_settings, settings_of

_PLACE = "mailboxSettings"


def get(call: Call) -> Result:
    """GET of all settings, or of those that $select names."""
    selection = read_select(call.options, {name.lower(): name for name in SETTINGS})
    settings = settings_of(call.world, call.owner)
    members = {name: show(call.owner, settings) for name, show in SETTINGS.items() if selection.keeps(name)}
    return call.entity(call.user_context(f"{_PLACE}{selection.suffix}"), members)


def setting(name: str) -> Callable[[Call], Result]:
    """GET of one setting: its members if it has any, else its value."""

    def answer(call: Call) -> Result:
        value = SETTINGS[name](call.owner, settings_of(call.world, call.owner))
        members = value if isinstance(value, dict) else {"value": value}
        return call.entity(call.user_context(f"{_PLACE}/{name}"), members)

    return answer


def update(call: Call) -> Result:
    """PATCH: 200 and the settings that were sent, as they are now (Update mailboxSettings, response)."""
    sent = call.body("mailboxSettings.update")
    settings = change_settings(call.world, call.owner, lambda before: changed(before, sent))
    members = {name: show(call.owner, settings) for name, show in SETTINGS.items() if name in sent}
    return call.entity(call.user_context(_PLACE), members)
