"""The default calendar of attendee0, in which attendee1 has a role for the length of a case."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from conformance.actor.graph_client import GraphAnswer, GraphClient, segment
from conformance.expect import CaseStopped
from conformance.suites.scene import Scene
from conformance.suites.steps import address, undone

OWNER, GUEST = "attendee0", "attendee1"
PERMISSIONS = "me/calendar/calendarPermissions"


@dataclass(frozen=True)
class Shared:
    """The owner, the guest, and the guest's entry among the calendar's permissions."""

    owner: GraphClient
    guest: GraphClient
    answer: GraphAnswer
    calendar: str

    @property
    def entry(self) -> str:
        """Where the owner finds the guest's entry."""
        return f"{PERMISSIONS}/{segment(str(self.answer.members.get('id')))}"

    def set_role(self, role: str) -> GraphAnswer:
        """PATCH the role."""
        return self.owner.patch(self.entry, {"role": role})


@contextmanager
def shared(scene: Scene, role: str) -> Iterator[Shared]:
    """A role that is given while the block runs; the case stops where it cannot be given."""
    owner, guest = scene.graph(OWNER), scene.graph(GUEST)
    person = {"address": address(scene, GUEST), "name": scene.account(GUEST).name or "Guest"}
    answer = owner.post(PERMISSIONS, {"emailAddress": person, "role": role})
    if answer.status != 201 or "id" not in answer.members:
        raise CaseStopped(f"a calendarPermission: expected 201 with an id, got {answer.status} {answer.code}")
    told = Shared(owner, guest, answer, f"users/{segment(address(scene, OWNER))}/calendar")
    with undone(lambda: owner.delete(told.entry)):
        yield told
