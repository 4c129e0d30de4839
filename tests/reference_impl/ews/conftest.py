"""Mailboxes that speak EWS to a fresh world; every answer is held to the schema of the version asked for."""

from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from lxml import etree

from reference_impl.directory.population import default_population
from reference_impl.domain.copying import replace
from reference_impl.ews.namespaces import ERRORS, MESSAGES, SOAP, TYPES, m, s, t
from reference_impl.ews.service import EwsEndpoint
from reference_impl.http import HttpRequest
from reference_impl.schemas import Direction, ews_schema
from reference_impl.service.directory import find_mailbox
from reference_impl.service.settings import Settings
from reference_impl.service.world import SeededIds, SteppedClock, World
from reference_impl.store.store import open_store

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@dataclass
class Answer:
    """One HTTP answer taken apart."""

    status: int
    headers: dict
    root: etree._Element
    body: bytes

    @property
    def codes(self):
        return [element.text for element in self.root.iter(m("ResponseCode"))]

    @property
    def code(self):
        (code,) = self.codes
        return code

    @property
    def fault(self):
        assert self.status == 500, self.body.decode()
        return self.root.findtext(f".//{{{ERRORS}}}ResponseCode")

    def all(self, name):
        return list(self.root.iter(t(name)))

    def one(self, name):
        (element,) = self.all(name)
        return element

    def text(self, name):
        return self.one(name).text

    def texts(self, name):
        return [element.text for element in self.all(name)]

    def ids(self, name):
        """The ItemId elements directly below elements of that name, as text."""
        return [etree.tostring(found.find(t("ItemId")), with_tail=False).decode() for found in self.all(name)]


@dataclass(frozen=True)
class Speaker:
    """One mailbox speaking one version of EWS."""

    world: World
    address: str
    version: str | None = "Exchange2016"
    headers: tuple = ()
    application: bool = False
    status: int = 200  # of answers that are no faults

    def at(self, version):
        return replace(self, version=version)

    def saying(self, *headers):
        return replace(self, headers=headers)

    def expecting(self, status):
        return replace(self, status=status)

    def envelope(self, operation):
        asked = "" if self.version is None else f'<t:RequestServerVersion Version="{self.version}"/>'
        return (
            f'<s:Envelope xmlns:s="{SOAP}" xmlns:m="{MESSAGES}" xmlns:t="{TYPES}">'
            f"<s:Header>{asked}{''.join(self.headers)}</s:Header><s:Body>{operation}</s:Body></s:Envelope>"
        ).encode()

    def post(self, body, **http_headers):
        self.world.clock.tick()
        request = HttpRequest(
            method="POST",
            path="/EWS/Exchange.asmx",
            headers=http_headers,
            body=body,
            actor=find_mailbox(self.world, self.address),
            application=self.application,
        )
        answer = EwsEndpoint(self.world).answer(request)
        root = etree.fromstring(answer.body)
        is_fault = root.find(f"{s('Body')}/{s('Fault')}") is not None
        assert answer.status == (500 if is_fault else self.status), answer.body.decode()
        return Answer(answer.status, dict(answer.headers), root, answer.body)

    def __call__(self, operation):
        answer = self.post(self.envelope(operation))
        direction = Direction.FAULT if answer.status == 500 else Direction.ANSWER
        schema = ews_schema(self.version or "Exchange2007", direction)
        assert schema.validate(answer.root), f"{schema.error_log}\n{answer.body.decode()}"
        return answer

    # the acts that most tests need

    def create(self, *, attendees=(), sending="SendToAllAndSaveCopy", inner="", **fields):
        """Make a calendar item; the answer. ``inner`` is XML between the times and the attendees."""
        return self(create_request(attendees=attendees, sending=sending, inner=inner, **fields))

    def find(self, folder, *, shape="IdOnly", view="", paths=(), rest=""):
        return self(
            f'<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>{shape}</t:BaseShape>{additional(paths)}'
            f'</m:ItemShape>{view}{rest}<m:ParentFolderIds><t:DistinguishedFolderId Id="{folder}"/>'
            "</m:ParentFolderIds></m:FindItem>"
        )

    def get(self, item_id, *, shape="AllProperties", paths=(), body_type=""):
        return self(
            f"<m:GetItem><m:ItemShape><t:BaseShape>{shape}</t:BaseShape>{body_type}{additional(paths)}</m:ItemShape>"
            f"<m:ItemIds>{item_id}</m:ItemIds></m:GetItem>"
        )

    def only(self, folder, name):
        """The ItemId of the one item of that kind in a folder."""
        (item_id,) = self.find(folder).ids(name)
        return item_id

    def answer(self, kind, item_id, *, disposition="SendAndSaveCopy", before="", after=""):
        asked = "" if disposition is None else f' MessageDisposition="{disposition}"'
        reference = item_id.replace("t:ItemId", "t:ReferenceItemId")
        return self(
            f"<m:CreateItem{asked}><m:Items><t:{kind}>{before}{reference}{after}</t:{kind}></m:Items></m:CreateItem>"
        )

    def update(self, item_id, changes, *, sending="SendToAllAndSaveCopy", resolution="AlwaysOverwrite", rest=""):
        asked = "" if sending is None else f' SendMeetingInvitationsOrCancellations="{sending}"'
        return self(
            f'<m:UpdateItem ConflictResolution="{resolution}"{asked}{rest}><m:ItemChanges><t:ItemChange>{item_id}'
            f"<t:Updates>{changes}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>"
        )

    def delete(self, item_id, *, kind="MoveToDeletedItems", sending="SendToNone"):
        asked = "" if sending is None else f' SendMeetingCancellations="{sending}"'
        return self(f'<m:DeleteItem DeleteType="{kind}"{asked}><m:ItemIds>{item_id}</m:ItemIds></m:DeleteItem>')


def additional(paths):
    if not paths:
        return ""
    named = "".join(path if path.startswith("<") else f'<t:FieldURI FieldURI="{path}"/>' for path in paths)
    return f"<t:AdditionalProperties>{named}</t:AdditionalProperties>"


def create_request(
    *,
    attendees=(),
    optional=(),
    resources=(),
    sending="SendToAllAndSaveCopy",
    inner="",
    start="2026-06-25T10:00:00Z",
    end="2026-06-25T11:00:00Z",
    subject="Budget",
    before="",
    after="",
    folder="",
):
    asked = "" if sending is None else f' SendMeetingInvitations="{sending}"'
    people = (
        attendee_list("RequiredAttendees", attendees)
        + attendee_list("OptionalAttendees", optional)
        + attendee_list("Resources", resources)
    )
    return (
        f"<m:CreateItem{asked}>{folder}<m:Items><t:CalendarItem><t:Subject>{subject}</t:Subject>{before}"
        f"<t:Start>{start}</t:Start><t:End>{end}</t:End>{inner}{people}{after}"
        "</t:CalendarItem></m:Items></m:CreateItem>"
    )


def attendee_list(name, addresses):
    if not addresses:
        return ""
    entries = "".join(
        f"<t:Attendee><t:Mailbox><t:EmailAddress>{address}</t:EmailAddress></t:Mailbox></t:Attendee>"
        for address in addresses
    )
    return f"<t:{name}>{entries}</t:{name}>"


def set_field(uri, inner, kind="CalendarItem", verb="SetItemField"):
    return f'<t:{verb}><t:FieldURI FieldURI="{uri}"/><t:{kind}>{inner}</t:{kind}></t:{verb}>'


def delete_field(uri):
    return f'<t:DeleteItemField><t:FieldURI FieldURI="{uri}"/></t:DeleteItemField>'


def new_world(settings, population=None):
    ids, clock, store = SeededIds("ews"), SteppedClock(START), open_store()
    store.populate(population or default_population(), ids, clock.now())
    return World(store=store, clock=clock, ids=ids, settings=settings)


@pytest.fixture
def tools():
    """The builders above, for tests, which cannot import a conftest."""
    return SimpleNamespace(
        create_request=create_request,
        attendee_list=attendee_list,
        set_field=set_field,
        delete_field=delete_field,
        additional=additional,
        new_world=new_world,
        speaker=Speaker,
    )


@pytest.fixture
def settings():
    """The settings of the world; a test module or a parametrisation may replace them."""
    return Settings()


@pytest.fixture
def world(settings):
    return new_world(settings)


@pytest.fixture
def organizer(world):
    return Speaker(world, "organizer0@example.com")


@pytest.fixture
def attendee(world):
    return Speaker(world, "attendee0@example.com")


@pytest.fixture
def other(world):
    return Speaker(world, "attendee1@example.com")


@pytest.fixture
def room(world):
    return Speaker(world, "room0@example.com")


@pytest.fixture
def meeting(organizer):
    """The ItemId of a meeting of the organizer with attendee0 and attendee1, requests sent."""
    answer = organizer.create(attendees=("attendee0@example.com", "attendee1@example.com"))
    (item_id,) = answer.ids("CalendarItem")
    return item_id


@pytest.fixture
def everything(world):
    """A function that tells all that is in every mailbox, to see that nothing has changed."""

    def look():
        shown = {}
        for mailbox in default_population():
            if mailbox.kind.value == "list":
                continue
            speaker = Speaker(world, mailbox.address)
            for folder in ("inbox", "calendar", "sentitems", "deleteditems", "drafts"):
                answer = speaker.find(folder, shape="AllProperties")
                shown[mailbox.address, folder] = answer.body
        return shown

    return look
