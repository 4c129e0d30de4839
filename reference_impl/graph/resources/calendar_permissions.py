"""The entries by which a calendar is shared: list, make, read, change the role of, and delete."""

from __future__ import annotations

from reference_impl.domain.errors import ShareNotFound
from reference_impl.domain.mailbox import Person
from reference_impl.domain.sharing import Share
from reference_impl.graph.call import Call, Result
from reference_impl.graph.fields.calendar import PERMISSION, ROLES, Shared, share_id, shared_user
from reference_impl.graph.odata.selecting import read_select
from reference_impl.graph.reading.values import read_person, read_word
from reference_impl.graph.resources.events import calendar_ref
from reference_impl.graph.resources.listed import listed
from reference_impl.service import calendar_sharing, directory


def listing(call: Call) -> Result:
    """GET of the collection; to who is not the calendar's owner it is empty."""
    found = calendar_sharing.shares(call.world, call.owner, calendar_ref(call), call.by)
    return listed(call, call.user_context(_place(call)), PERMISSION, (_subject(call, share) for share in found))


def create(call: Call) -> Result:
    """POST: 201 and the entry."""
    read_select(call.options, PERMISSION.selectable(call.version))
    ref = calendar_ref(call)
    sent = call.body("calendarPermission.create")
    role = read_word(ROLES, sent["role"])
    share = calendar_sharing.add_share(call.world, call.owner, ref, read_person(sent), role, call.by)
    return call.made(_shown(call, share, 201), call.location(f"{_place(call)}('{share_id(share.user)}')"))


def get(call: Call) -> Result:
    """GET of one entry."""
    user = shared_user(call.keys["permission"])
    found = calendar_sharing.shares(call.world, call.owner, calendar_ref(call), call.by)
    share = next((share for share in found if share.user == user), None)
    if share is None:
        raise ShareNotFound
    return _shown(call, share)


def update(call: Call) -> Result:
    """PATCH of the role: 200 and the entry."""
    read_select(call.options, PERMISSION.selectable(call.version))
    user, ref = shared_user(call.keys["permission"]), calendar_ref(call)
    sent = call.body("calendarPermission.update")
    role = read_word(ROLES, sent["role"]) if "role" in sent else None
    return _shown(call, calendar_sharing.change_share(call.world, call.owner, ref, user, role, call.by))


def delete(call: Call) -> Result:
    """DELETE of one entry."""
    user = shared_user(call.keys["permission"])
    calendar_sharing.remove_share(call.world, call.owner, calendar_ref(call), user, call.by)
    return Result(204)


def _subject(call: Call, share: Share) -> Shared:
    known = directory.find_mailbox(call.world, share.user)
    return Shared(share, Person(share.user) if known is None else known.person)


def _shown(call: Call, share: Share, status: int = 200) -> Result:
    selection = read_select(call.options, PERMISSION.selectable(call.version))
    members = PERMISSION.show(_subject(call, share), call.view, selection)
    return call.entity(call.user_context(f"{_place(call)}{selection.suffix}/$entity"), members, status)


def _place(call: Call) -> str:
    """How the context names the collection."""
    calendar = f"calendars('{call.keys['calendar']}')" if "calendar" in call.keys else "calendar"
    return f"{calendar}/calendarPermissions"
