"""Requests that the schema takes, whatever they say: never an internal error, always a valid answer."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from reference_impl.domain.acts import Audience, EventDraft, Sending
from reference_impl.ews import ids
from reference_impl.ews.fields.tables import TABLES
from reference_impl.service.directory import find_mailbox
from reference_impl.service.events import create_event

TIMES = st.sampled_from(
    [
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00",
        "0001-01-02T00:00:00+14:00",
        "1601-01-01T00:00:00Z",
        "2026-03-29T02:30:00",
        "2026-06-25T10:00:00Z",
        "2026-06-25T11:00:00.123+02:00",
        "2026-10-25T02:30:00",
        "4501-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999Z",
        "9999-12-31T23:59:59",
        "9999-12-31T00:00:00-14:00",
        "10000-01-01T00:00:00Z",
        "-0044-03-15T00:00:00Z",
    ]
)
FIRST = datetime(1601, 1, 1, tzinfo=UTC)
LAST = datetime(4500, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
ZONES = st.sampled_from(["UTC", "Pacific Standard Time", "Line Islands Standard Time", "Europe/Berlin", "Mars", ""])
VERSIONS = st.sampled_from([None, "Exchange2007_SP1", "Exchange2010", "Exchange2013", "Exchange2016"])
TEXTS = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"),
    max_size=20,
)
PATIENT = hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def settled(answer):
    """The answer, which is no accident of ours."""
    assert b"ErrorInternalServerError" not in answer.body
    return answer


@PATIENT
@given(TIMES, TIMES, ZONES, st.booleans(), TEXTS, VERSIONS)
def test_any_times_and_zones_can_be_written_and_read(organizer, tools, start, end, zone, all_day, subject, version):
    context = f'<t:TimeZoneContext><t:TimeZoneDefinition Id="{zone}"/></t:TimeZoneContext>'
    inner = f"<t:IsAllDayEvent>{str(all_day).lower()}</t:IsAllDayEvent>"
    request = tools.create_request(
        attendees=("attendee0@example.com",), start=start, end=end, inner=inner, subject=escaped(subject)
    )
    for headers in ((), (context,)):
        speaker = organizer.at(version).saying(*headers)
        answer = settled(speaker(request))
        if answer.status == 200 and answer.code == "NoError":
            (item_id,) = answer.ids("CalendarItem")
            shown = settled(speaker.get(item_id))
            assert shown.code == "NoError"
            settled(speaker.update(item_id, tools.set_field("calendar:Start", f"<t:Start>{end}</t:Start>")))
            settled(organizer.saying(context).get(item_id))


@PATIENT
@given(TIMES, TIMES, ZONES)
def test_any_window_can_be_looked_at(organizer, start, end, zone):
    organizer.create(sending="SendToNone")
    context = f'<t:TimeZoneContext><t:TimeZoneDefinition Id="{zone}"/></t:TimeZoneContext>'
    view = f'<m:CalendarView StartDate="{start}" EndDate="{end}"/>'
    settled(organizer.find("calendar", view=view))
    settled(organizer.saying(context).find("calendar", view=view))


RULES = st.builds(
    lambda bias, order, month, day, at, year: (
        f"<t:Bias>{bias}</t:Bias><t:Time>{at}</t:Time><t:DayOrder>{order}</t:DayOrder><t:Month>{month}</t:Month>"
        f"<t:DayOfWeek>{day}</t:DayOfWeek>{year}"
    ),
    st.sampled_from([0, -60, 60, 1440, -100000, 2147483647]),
    st.sampled_from([-1, 0, 1, 4, 5, 6, 31]),
    st.sampled_from([-1, 0, 1, 2, 12, 13]),
    st.sampled_from(["Sunday", "Saturday", "Weekday"]),
    st.sampled_from(["02:00:00", "23:59:59", "24:00:00", "noon", "", "02:00:00+01:00"]),
    st.sampled_from(["", "<t:Year>0</t:Year>", "<t:Year>2026</t:Year>"]),
)


@PATIENT
@given(TIMES, TIMES, st.sampled_from([0, 480, -840, 1440, -2147483648]), RULES, RULES, st.sampled_from([5, 30, 1440]))
def test_any_zone_rules_can_be_asked_with(organizer, start, end, bias, standard, daylight, interval):
    organizer.create(sending="SendToNone")
    zone = (
        f"<t:TimeZone><t:Bias>{bias}</t:Bias><t:StandardTime>{standard}</t:StandardTime>"
        f"<t:DaylightTime>{daylight}</t:DaylightTime></t:TimeZone>"
    )
    settled(
        organizer(
            f"<m:GetUserAvailabilityRequest>{zone}<m:MailboxDataArray><t:MailboxData><t:Email><t:Address>"
            "organizer0@example.com</t:Address></t:Email><t:AttendeeType>Required</t:AttendeeType></t:MailboxData>"
            f"</m:MailboxDataArray><t:FreeBusyViewOptions><t:TimeWindow><t:StartTime>{start}</t:StartTime><t:EndTime>"
            f"{end}</t:EndTime></t:TimeWindow><t:MergedFreeBusyIntervalInMinutes>{interval}"
            "</t:MergedFreeBusyIntervalInMinutes><t:RequestedView>DetailedMerged</t:RequestedView>"
            "</t:FreeBusyViewOptions></m:GetUserAvailabilityRequest>"
        )
    )


@pytest.mark.parametrize("element", TABLES)
def test_every_property_can_be_searched_sorted_and_deleted_or_is_refused(organizer, attendee, meeting, tools, element):
    attendee.answer("TentativelyAcceptItem", attendee.only("inbox", "MeetingRequest"))
    for field in TABLES[element]:
        path = f'<t:FieldURI FieldURI="{field.uri}"/>'
        constant = f'{path}<t:FieldURIOrConstant><t:Constant Value="1"/></t:FieldURIOrConstant>'
        for expression in (
            f"<t:Exists>{path}</t:Exists>",
            f"<t:IsLessThan>{constant}</t:IsLessThan>",
            f"<t:IsEqualTo>{constant}</t:IsEqualTo>",
            f'<t:Contains ContainmentMode="Substring">{path}<t:Constant Value="1"/></t:Contains>',
        ):
            for folder in ("inbox", "calendar"):
                settled(organizer.find(folder, rest=f"<m:Restriction>{expression}</m:Restriction>"))
        order = f'<m:SortOrder><t:FieldOrder Order="Descending">{path}</t:FieldOrder></m:SortOrder>'
        settled(organizer.find("inbox", rest=order, shape="Default"))
        settled(organizer.update(meeting, tools.delete_field(field.uri), sending="SendToNone"))
        settled(organizer.get(meeting, shape="IdOnly", paths=(field.uri,)))


@pytest.mark.parametrize(
    "slot",
    [
        (FIRST, FIRST + timedelta(hours=1)),
        (LAST - timedelta(hours=1), LAST),
    ],
)
def test_events_at_the_edges_of_time_can_be_read(organizer, world, slot):
    """Another dialect may have made them."""
    mailbox = find_mailbox(world, organizer.address)
    event = create_event(
        world, mailbox, EventDraft(start=slot[0], end=slot[1]), Sending(Audience.NOBODY, save_copy=False)
    )
    item_id = f'<t:ItemId Id="{ids.item_id(mailbox.id, event.id)}"/>'
    for zone in ("Pacific Standard Time", "Tokyo Standard Time"):
        context = f'<t:TimeZoneContext><t:TimeZoneDefinition Id="{zone}"/></t:TimeZoneContext>'
        assert settled(organizer.saying(context).get(item_id)).code == "NoError"
        settled(organizer.saying(context).find("calendar", shape="AllProperties"))


KEPT = st.one_of(
    st.sampled_from(["", "AAAA", "H4sIAAA=", "=", " "]),
    st.binary(max_size=80).map(lambda data: base64.b64encode(data).decode()),
    TEXTS.map(escaped),
)


@PATIENT
@given(KEPT, KEPT, st.sampled_from(["calendar", "root", "publicfoldersroot"]), st.integers(0, 514), VERSIONS)
def test_whatever_clients_kept_can_be_sent_back(organizer, kept, other, folder, number, version):
    """Sync states, watermarks, subscriptions: a client may send anything for them."""
    speaker = organizer.at(version)
    shape = "<t:BaseShape>AllProperties</t:BaseShape>"
    target = f'<m:SyncFolderId><t:DistinguishedFolderId Id="{folder}"/></m:SyncFolderId>'
    state = f"<m:SyncState>{kept}</m:SyncState>"
    settled(
        speaker(
            f'<m:SyncFolderItems><m:ItemShape>{shape}</m:ItemShape>{target}{state}<m:Ignore><t:ItemId Id="{other}"/>'
            f"</m:Ignore><m:MaxChangesReturned>{number}</m:MaxChangesReturned></m:SyncFolderItems>"
        )
    )
    settled(
        speaker(f"<m:SyncFolderHierarchy><m:FolderShape>{shape}</m:FolderShape>{target}{state}</m:SyncFolderHierarchy>")
    )
    settled(
        speaker(
            f"<m:GetEvents><m:SubscriptionId>{other}</m:SubscriptionId><m:Watermark>{kept}</m:Watermark></m:GetEvents>"
        )
    )
    settled(speaker(f"<m:Unsubscribe><m:SubscriptionId>{kept}</m:SubscriptionId></m:Unsubscribe>"))
    named = f'<t:FolderIds><t:DistinguishedFolderId Id="{folder}"/></t:FolderIds>'
    wanted = f"{named}<t:EventTypes><t:EventType>CreatedEvent</t:EventType></t:EventTypes>"
    mark = f"<t:Watermark>{kept}</t:Watermark>"
    settled(
        speaker(
            f"<m:Subscribe><m:PullSubscriptionRequest>{wanted}{mark}<t:Timeout>{number}</t:Timeout>"
            "</m:PullSubscriptionRequest></m:Subscribe>"
        )
    )
    for url in (other, f"http://{other}/", f"http://127.0.0.1:{other}", f"http://127.0.0.1/{other}"):
        settled(
            speaker(
                f"<m:Subscribe><m:PushSubscriptionRequest>{wanted}<t:StatusFrequency>30</t:StatusFrequency><t:URL>{url}"
                "</t:URL></m:PushSubscriptionRequest></m:Subscribe>"
            )
        )
