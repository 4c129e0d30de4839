"""A person's own entry, and the time zones and languages the server takes."""

from __future__ import annotations

from typing import Final

from reference_impl.domain.languages import languages
from reference_impl.domain.mailbox import MailboxKind
from reference_impl.domain.timezone import iana_names, shown_name, windows_names
from reference_impl.graph.call import Call, Result
from reference_impl.graph.fields.mailbox_settings import locale
from reference_impl.graph.fields.person import USER
from reference_impl.graph.odata.selecting import read_select
from reference_impl.graph.refusals import ParameterInvalid
from reference_impl.graph.resources.listed import listed
from reference_impl.service import directory

_PAGE: Final = 100
_NAMES: Final = {"windows": windows_names, "iana": iana_names}


def user(call: Call) -> Result:
    """GET of /me or /users/{key}."""
    selection = read_select(call.options, USER.selectable(call.version))
    members = USER.show(call.owner, call.view, selection)
    return call.entity(call.context(f"users{selection.suffix}/$entity"), members)


def listing(call: Call) -> Result:
    """GET of all users: everybody and everything with a mailbox that address lists show."""
    known = (one for one in directory.people(call.world) if one.kind is not MailboxKind.LIST and not one.is_hidden)
    return listed(call, call.context("users"), USER, known, size=_PAGE)


def time_zones(call: Call) -> Result:
    """GET of the zone names understood: Windows names, or IANA names where they are asked for."""
    standard = call.keys.get("TimeZoneStandard", "windows").lower()
    if standard not in _NAMES:
        expected = "TimeZoneStandard=microsoft.graph.timeZoneStandard'Windows' or 'Iana'"
        raise ParameterInvalid(reason=f"Expected {expected}, got {standard!r}.")
    year = call.world.clock.now().year
    rows = [{"alias": name, "displayName": shown_name(name, year)} for name in _NAMES[standard]()]
    return call.collection(call.context("Collection(microsoft.graph.timeZoneInformation)"), rows)


def supported_languages(call: Call) -> Result:
    """GET of the languages that can be chosen."""
    return call.collection(call.context("Collection(microsoft.graph.localeInfo)"), [locale(tag) for tag in languages()])
