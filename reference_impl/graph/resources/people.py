"""A person's own entry, mailbox settings, and the time zones the server takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from reference_impl.domain.timezone import iana_names, windows_names
from reference_impl.graph.call import Call, Result
from reference_impl.graph.fields.person import SETTINGS, USER
from reference_impl.graph.odata.selecting import read_select
from reference_impl.graph.refusals import ParameterInvalid
from reference_impl.service.out_of_office import oof_settings

_NAMES: Final = {"windows": windows_names, "iana": iana_names}


def user(call: Call) -> Result:
    """GET of /me or /users/{key}."""
    selection = read_select(call.options, USER.selectable(call.version))
    members = USER.show(call.owner, call.view, selection)
    return call.entity(call.context(f"users{selection.suffix}/$entity"), members)


def settings(call: Call) -> Result:
    """GET of all mailbox settings."""
    absence = oof_settings(call.world, call.owner)
    members = {name: show(call.owner, absence) for name, show in SETTINGS.items()}
    return call.entity(call.user_context("mailboxSettings"), members)


def setting(name: str) -> Callable[[Call], Result]:
    """GET of one setting: its members if it has any, else its value."""

    def answer(call: Call) -> Result:
        value = SETTINGS[name](call.owner, oof_settings(call.world, call.owner))
        members = value if isinstance(value, dict) else {"value": value}
        return call.entity(call.user_context(f"mailboxSettings/{name}"), members)

    return answer


def time_zones(call: Call) -> Result:
    """GET of the zone names understood: Windows names, or IANA names where they are asked for."""
    standard = call.keys.get("TimeZoneStandard", "windows").lower()
    if standard not in _NAMES:
        expected = "TimeZoneStandard=microsoft.graph.timeZoneStandard'Windows' or 'Iana'"
        raise ParameterInvalid(reason=f"Expected {expected}, got {standard!r}.")
    rows = [{"alias": name, "displayName": name} for name in _NAMES[standard]()]
    return call.collection(call.context("Collection(microsoft.graph.timeZoneInformation)"), rows)
