"""What EWS and Graph tell of one mailbox: the same, each in its own words."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from reference_impl.directory.population import default_population
from reference_impl.ews.namespaces import MESSAGES, SOAP, TYPES, m, t
from reference_impl.ews.service import EwsEndpoint
from reference_impl.graph.service import GraphEndpoint
from reference_impl.http import HttpRequest
from reference_impl.service import directory
from reference_impl.service.world import SeededIds, SteppedClock, World
from reference_impl.store.store import open_store

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
MONDAY = datetime(2026, 2, 2, tzinfo=UTC)
ALEX, ADELE = "AlexW@contoso.com", "AdeleV@contoso.com"


class Office:
    """One world that both protocols speak of."""

    def __init__(self):
        clock = SteppedClock(NOW)
        self.world = World(store=open_store(), clock=clock, ids=SeededIds("crossing"))
        self.world.store.populate(default_population(), self.world.ids, clock.now())
        self._ews, self._graph = EwsEndpoint(self.world), GraphEndpoint(self.world)

    def ews(self, address, operation):
        body = (
            f'<s:Envelope xmlns:s="{SOAP}" xmlns:m="{MESSAGES}" xmlns:t="{TYPES}"><s:Header>'
            f'<t:RequestServerVersion Version="Exchange2016"/></s:Header><s:Body>{operation}</s:Body></s:Envelope>'
        )
        root = etree.fromstring(self._ews.answer(self._request("POST", "/EWS/Exchange.asmx", address, body)).body)
        assert {code.text for code in root.iter(m("ResponseCode"))} == {"NoError"}
        return root

    def graph(self, address, method, path, body=None, query=""):
        raw = "" if body is None else json.dumps(body)
        answer = self._graph.answer(self._request(method, f"/v1.0/{path}", address, raw, query))
        assert answer.status < 300, answer.body
        return json.loads(answer.body) if answer.body else None

    def _request(self, method, path, address, body, query=""):
        self.world.clock.tick()
        return HttpRequest(
            method=method,
            path=path,
            query=query,
            headers={"content-type": "application/json"} if body else {},
            body=body.encode(),
            origin="http://server.test",
            actor=directory.find_mailbox(self.world, address),
            scopes=frozenset({"*"}),
        )


@pytest.fixture
def office():
    return Office()


STATUSES = ("free", "tentative", "busy", "oof", "workingElsewhere")


@pytest.mark.requirement("GRAPH-MIG-010")
@settings(max_examples=25)
@given(
    events=st.lists(st.tuples(st.integers(0, 95), st.integers(1, 30), st.sampled_from(STATUSES)), max_size=6),
    minutes=st.sampled_from((5, 15, 30, 60, 1440)),
    share=st.sampled_from((None, "limitedRead", "read")),
)
def test_free_busy_times_are_the_same(events, minutes, share):
    """The merged digits, and each event as far as it may be seen."""
    office = Office()
    if share is not None:
        entry = {"emailAddress": {"address": ALEX}, "role": share}
        office.graph(ADELE, "POST", "me/calendar/calendarPermissions", entry)
    for start, length, status in events:
        first, last = (MONDAY + quarter * timedelta(minutes=15) for quarter in (start, start + length))
        body = {name: {"dateTime": f"{moment:%Y-%m-%dT%H:%M:%S}"} for name, moment in (("start", first), ("end", last))}
        office.graph(ADELE, "POST", "me/events", {**body, "showAs": status, "subject": f"{status} {start}"})
    window = {"startTime": {"dateTime": "2026-02-02T00:00:00"}, "endTime": {"dateTime": "2026-02-03T00:00:00"}}
    asked = {"schedules": [ADELE], "availabilityViewInterval": minutes, **window}
    (told,) = office.graph(ALEX, "POST", "me/calendar/getSchedule", asked)["value"]
    change = "<t:Bias>0</t:Bias><t:Time>00:00:00</t:Time><t:DayOrder>0</t:DayOrder><t:Month>0</t:Month>"
    change += "<t:DayOfWeek>Sunday</t:DayOfWeek>"
    root = office.ews(
        ALEX,
        "<m:GetUserAvailabilityRequest><t:TimeZone><t:Bias>0</t:Bias>"
        f"<t:StandardTime>{change}</t:StandardTime><t:DaylightTime>{change}</t:DaylightTime></t:TimeZone>"
        f"<m:MailboxDataArray><t:MailboxData><t:Email><t:Address>{ADELE}</t:Address></t:Email>"
        "<t:AttendeeType>Required</t:AttendeeType><t:ExcludeConflicts>false</t:ExcludeConflicts></t:MailboxData>"
        "</m:MailboxDataArray><t:FreeBusyViewOptions><t:TimeWindow><t:StartTime>2026-02-02T00:00:00</t:StartTime>"
        "<t:EndTime>2026-02-03T00:00:00</t:EndTime></t:TimeWindow>"
        f"<t:MergedFreeBusyIntervalInMinutes>{minutes}</t:MergedFreeBusyIntervalInMinutes>"
        "<t:RequestedView>DetailedMerged</t:RequestedView></t:FreeBusyViewOptions></m:GetUserAvailabilityRequest>",
    )
    assert told["availabilityView"] == root.findtext(f".//{t('MergedFreeBusy')}")
    seen = [
        (
            event.findtext(t("StartTime"))[:19],
            event.findtext(t("BusyType")).lower(),
            event.findtext(f".//{t('Subject')}"),
        )
        for event in root.iter(t("CalendarEvent"))
    ]
    assert seen == [
        (item["start"]["dateTime"][:19], item["status"].lower(), item.get("subject")) for item in told["scheduleItems"]
    ]


def oof(office):
    root = office.ews(
        ALEX,
        f"<m:GetUserOofSettingsRequest><t:Mailbox><t:Address>{ALEX}</t:Address></t:Mailbox></m:GetUserOofSettingsRequest>",
    )
    return {
        name: root.findtext(f".//{t(name)}") for name in ("OofState", "ExternalAudience", "StartTime", "EndTime")
    } | {name: root.findtext(f".//{t(name)}/{t('Message')}") for name in ("InternalReply", "ExternalReply")}


def test_an_absence_announced_over_graph_is_told_over_ews(office):
    setting = {
        "status": "scheduled",
        "externalAudience": "contactsOnly",
        "internalReplyMessage": "In",
        "externalReplyMessage": "Out",
        "scheduledStartDateTime": {"dateTime": "2026-02-01T00:00:00", "timeZone": "UTC"},
        "scheduledEndDateTime": {"dateTime": "2026-02-08T00:00:00", "timeZone": "UTC"},
    }
    office.graph(ALEX, "PATCH", "me/mailboxSettings", {"automaticRepliesSetting": setting})
    assert oof(office) == {
        "OofState": "Scheduled",
        "ExternalAudience": "Known",
        "StartTime": "2026-02-01T00:00:00Z",
        "EndTime": "2026-02-08T00:00:00Z",
        "InternalReply": "In",
        "ExternalReply": "Out",
    }


def test_an_absence_announced_over_ews_is_told_over_graph(office):
    office.ews(
        ALEX,
        f"<m:SetUserOofSettingsRequest><t:Mailbox><t:Address>{ALEX}</t:Address></t:Mailbox><t:UserOofSettings>"
        "<t:OofState>Enabled</t:OofState><t:ExternalAudience>All</t:ExternalAudience>"
        "<t:InternalReply><t:Message>In</t:Message></t:InternalReply>"
        "<t:ExternalReply><t:Message>Out</t:Message></t:ExternalReply></t:UserOofSettings></m:SetUserOofSettingsRequest>",
    )
    told = office.graph(ALEX, "GET", "me/mailboxSettings")["automaticRepliesSetting"]
    assert (told["status"], told["externalAudience"]) == ("alwaysEnabled", "all")
    assert (told["internalReplyMessage"], told["externalReplyMessage"]) == ("In", "Out")


def delegates(office):
    root = office.ews(
        ALEX,
        f'<m:GetDelegate IncludePermissions="true"><m:Mailbox><t:EmailAddress>{ALEX}</t:EmailAddress></m:Mailbox>'
        "</m:GetDelegate>",
    )
    users = {
        user.findtext(f".//{t('PrimarySmtpAddress')}"): (
            user.findtext(f".//{t('CalendarFolderPermissionLevel')}"),
            user.findtext(t("ViewPrivateItems")),
        )
        for user in root.iter(m("DelegateUser"))
    }
    return users, root.findtext(f".//{m('DeliverMeetingRequests')}")


def test_a_delegate_made_over_graph_is_one_over_ews(office):
    role = {"emailAddress": {"address": ADELE}, "role": "delegateWithPrivateEventAccess"}
    made = office.graph(ALEX, "POST", "me/calendar/calendarPermissions", role)
    assert delegates(office) == ({ADELE: ("Editor", "true")}, "DelegatesOnly")
    option = {"delegateMeetingMessageDeliveryOptions": "sendToDelegateAndInformationToPrincipal"}
    office.graph(ALEX, "PATCH", "me/mailboxSettings", option)
    office.graph(ALEX, "PATCH", f"me/calendar/calendarPermissions/{made['id']}", {"role": "read"})
    assert delegates(office) == ({}, "DelegatesAndSendInformationToMe")


def test_permissions_of_the_calendar_are_those_of_its_folder(office):
    office.graph(
        ALEX, "POST", "me/calendar/calendarPermissions", {"emailAddress": {"address": ADELE}, "role": "limitedRead"}
    )
    root = office.ews(
        ALEX,
        "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>"
        '<t:FieldURI FieldURI="folder:PermissionSet"/></t:AdditionalProperties></m:FolderShape><m:FolderIds>'
        '<t:DistinguishedFolderId Id="calendar"/></m:FolderIds></m:GetFolder>',
    )
    levels = [entry.findtext(t("CalendarPermissionLevel")) for entry in root.iter(t("CalendarPermission"))]
    assert levels == ["FreeBusyTimeOnly", "None", "FreeBusyTimeAndSubjectAndLocation"]


def test_reminders_are_the_same(office):
    for hour in (9, 11):
        times = {name: {"dateTime": f"2026-02-02T{hour + more:02}:00:00"} for name, more in (("start", 0), ("end", 1))}
        office.graph(ALEX, "POST", "me/events", {"subject": f"At {hour}", **times, "reminderMinutesBeforeStart": hour})
    window = "startDateTime='2026-02-02T00:00:00',endDateTime='2026-02-03T00:00:00'"
    told = office.graph(ALEX, "GET", f"me/reminderView({window})")["value"]
    root = office.ews(
        ALEX,
        "<m:GetReminders><m:BeginTime>2026-02-02T00:00:00Z</m:BeginTime><m:EndTime>2026-02-03T00:00:00Z</m:EndTime>"
        "</m:GetReminders>",
    )
    seen = [(one.findtext(t("Subject")), one.findtext(t("ReminderTime"))[:19]) for one in root.iter(t("Reminder"))]
    assert seen == [(one["eventSubject"], one["reminderFireTime"]["dateTime"][:19]) for one in told] != []


def test_working_hours_set_over_graph_are_those_of_availability_over_ews(office):
    hours = {"daysOfWeek": ["tuesday"], "startTime": "10:00:00", "endTime": "12:30:00"}
    office.graph(ADELE, "PATCH", "me/mailboxSettings", {"workingHours": hours})
    zone = "<t:TimeZone><t:Bias>0</t:Bias>" + "".join(
        f"<t:{name}><t:Bias>0</t:Bias><t:Time>00:00:00</t:Time><t:DayOrder>0</t:DayOrder><t:Month>0</t:Month>"
        f"<t:DayOfWeek>Sunday</t:DayOfWeek></t:{name}>"
        for name in ("StandardTime", "DaylightTime")
    )
    root = office.ews(
        ALEX,
        f"<m:GetUserAvailabilityRequest>{zone}</t:TimeZone><m:MailboxDataArray><t:MailboxData><t:Email>"
        f"<t:Address>{ADELE}</t:Address></t:Email><t:AttendeeType>Required</t:AttendeeType></t:MailboxData>"
        "</m:MailboxDataArray><t:FreeBusyViewOptions><t:TimeWindow><t:StartTime>2026-02-02T00:00:00</t:StartTime>"
        "<t:EndTime>2026-02-03T00:00:00</t:EndTime></t:TimeWindow><t:RequestedView>FreeBusy</t:RequestedView>"
        "</t:FreeBusyViewOptions></m:GetUserAvailabilityRequest>",
    )
    (period,) = root.iter(t("WorkingPeriod"))
    assert [part.text for part in period] == ["Tuesday", "600", "750"]
