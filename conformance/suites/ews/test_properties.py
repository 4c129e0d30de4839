"""Single properties of calendar items over EWS: what may be written, and how they come back."""

from __future__ import annotations

from conformance.actor import ews_requests as ask
from conformance.actor.times import instant
from conformance.actor.views import MeetingRef
from conformance.actor.xml import Markup, m, several, t
from conformance.model.verdict import Verdict
from conformance.suites.case import EWS, case
from conformance.suites.ews.steps import invited
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, first_listed, names_in, read_item, token, written

SCENARIO = "handling-meetings"


def _alone(scene: Scene) -> Markup:
    """A calendar item of nobody else's, without its last property."""
    item = ask.calendar_item(draft(scene, required=()))
    return Markup(item.replace("<t:AllowNewTimeProposal>true</t:AllowNewTimeProposal>", ""))


def _with(item: Markup, *more: Markup) -> Markup:
    """The item with further properties at its end."""
    return Markup(item.replace("</t:CalendarItem>", several(*more) + "</t:CalendarItem>"))


@case(
    "handling-meetings.properties-refused",
    scenario=SCENARIO,
    verifies=("EWS-MTG-069", "EWS-MTG-070", "EWS-MTG-072"),
    pairings=EWS,
)
def test_which_properties_only_the_server_writes(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    plain = _alone(scene)
    meeting = Markup(plain.replace("</t:Location>", "</t:Location><t:IsMeeting>true</t:IsMeeting>"))
    answer = organizer.call(ask.create_item(meeting, invitations="SendToNone"))
    scene.expect("EWS-MTG-069", "whether IsMeeting was taken", answer.code != "NoError").is_true()
    if scene.speaks("Exchange2016"):
        online = _with(plain, t("IsOnlineMeeting", "true"))
        answer = organizer.call(ask.create_item(online, invitations="SendToNone"), version="Exchange2016")
        scene.expect("EWS-MTG-070", "the code for IsOnlineMeeting", answer.code).equals("ErrorInvalidPropertySet")
    else:
        scene.note("EWS-MTG-070", Verdict.NOT_APPLICABLE, "the server is not asked for Exchange2016")
    owned = Markup(plain.replace("<t:Subject>", '<t:ParentFolderId Id="QUJD"/><t:Subject>', 1))
    answer = organizer.call(ask.create_item(owned, invitations="SendToNone"))
    scene.expect("EWS-MTG-072", "the code for ParentFolderId", answer.code).equals("ErrorInvalidPropertySet")
    calendar = names_in(organizer, "calendar", token(scene))
    scene.expect("EWS-MTG-072", "the calendar afterwards", calendar).is_absent()


@case(
    "handling-meetings.properties-kept",
    scenario=SCENARIO,
    verifies=("EWS-MTG-078", "EWS-MTG-280"),
    pairings=EWS,
)
def test_properties_come_back_as_they_were_given(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    for value in ("0", "1", "2"):
        item = _with(_alone(scene), t("ConferenceType", value))
        answer = organizer.call(ask.create_item(item, invitations="SendToNone"), version="Exchange2010_SP2")
        told = read_item(organizer, written(answer), version="Exchange2010_SP2").text("t:ConferenceType")
        scene.expect("EWS-MTG-078", "ConferenceType", told).equals(value)
    if scene.speaks("Exchange2016"):
        newest = read_item(organizer, written(answer), version="Exchange2016")
        scene.expect("EWS-MTG-280", "TimeZone of an item that does not recur", newest.text("t:TimeZone")).is_absent()
    else:
        scene.note("EWS-MTG-280", Verdict.NOT_APPLICABLE, "the server is not asked for Exchange2016")


@case(
    "handling-meetings.properties-passed-over",
    scenario=SCENARIO,
    verifies=("EWS-MTG-071", "EWS-MTG-075"),
    pairings=EWS,
)
def test_what_a_client_cannot_give_and_whom_it_cannot_invite(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    link = "https://meet.example/chosen-by-the-client"
    given = organizer.call(
        ask.create_item(_with(_alone(scene), t("JoinOnlineMeetingUrl", link)), invitations="SendToNone")
    )
    scene.expect("EWS-MTG-071", "the code with JoinOnlineMeetingUrl", given.code).equals("NoError")
    told = read_item(organizer, written(given)).text("t:JoinOnlineMeetingUrl")
    scene.expect("EWS-MTG-071", "JoinOnlineMeetingUrl afterwards", told).is_absent()
    nobody = draft(scene, subject=f"To nobody {token(scene)}", required=("this is no address",))
    refused = organizer.call(ask.create_meeting(nobody))
    scene.expect("EWS-MTG-075", "the code for an address that is none", refused.code).equals("ErrorInvalidRecipients")


@case("handling-meetings.all-day", scenario=SCENARIO, verifies=("EWS-MTG-073",), pairings=EWS)
def test_an_all_day_item_covers_whole_days(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    day = scene.date.isoformat()
    item = t(
        "CalendarItem",
        t("Subject", f"All day {token(scene)}"),
        t("Start", f"{day}T10:00:00+09:00"),
        t("End", f"{day}T11:00:00+09:00"),
        t("IsAllDayEvent", "true"),
        t("StartTimeZone", Id="Tokyo Standard Time"),
        t("EndTimeZone", Id="Tokyo Standard Time"),
    )
    read = read_item(organizer, written(organizer.call(ask.create_item(item, invitations="SendToNone"))))
    start, end = (instant(read.text(f"t:{name}") or "0001-01-01T00:00:00Z") for name in ("Start", "End"))
    scene.expect("EWS-MTG-073", "Start", start).equals(instant(f"{day}T00:00:00+09:00"))
    scene.expect("EWS-MTG-073", "the hours that it covers", (end - start).total_seconds() / 3600).equals(24.0)


@case(
    "handling-meetings.extended-property",
    scenario=SCENARIO,
    verifies=("EWS-MTG-233", "EWS-MTG-234"),
    pairings=EWS,
)
def test_an_extended_property_comes_back_with_its_path(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    meeting = written(organizer.call(ask.create_item(_alone(scene), invitations="SendToNone")))
    path = {"DistinguishedPropertySetId": "Meeting", "PropertyId": "3", "PropertyType": "Binary"}

    def read(**told: str) -> Markup:
        shape = m("ItemShape", t("BaseShape", "IdOnly"), t("AdditionalProperties", t("ExtendedFieldURI", **told)))
        return m("GetItem", shape, m("ItemIds", ask.item_id(meeting)))

    answer = organizer.call(read(**path))
    found = answer.item.one("t:ExtendedProperty") if answer.item else None
    named = {name: found.text(f"t:ExtendedFieldURI/@{name}") for name in path} if found else {}
    scene.expect("EWS-MTG-233", "the path of the global object id", named).equals(path)
    value = found.text("t:Value") if found else None
    scene.expect("EWS-MTG-233", "its value", value).is_present()
    twice = organizer.call(read(**path, PropertyName="Keywords"))
    scene.expect("EWS-MTG-234", "the code of two ways at once", twice.code).equals("ErrorInvalidExtendedProperty")


@case(
    "handling-meetings.update-refused-to-others",
    scenario=SCENARIO,
    verifies=("EWS-MTG-162", "EWS-MTG-188", "EWS-MTG-204"),
    pairings=EWS,
)
def test_what_only_its_owner_may_change(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, _ = invited(scene)
    closed = ask.set_field("calendar:AllowNewTimeProposal", t("AllowNewTimeProposal", "false"))
    copy = first_listed(scene, attendee, "calendar", "CalendarItem")
    refused = attendee.call(ask.update_item(copy, closed, sending="SendToNone"))
    scene.expect("EWS-MTG-162", "whether an attendee may close it", refused.code != "NoError").is_true()
    done = organizer.call(ask.update_item(meeting, closed, sending="SendToNone"))
    scene.expect("EWS-MTG-162", "the code for the organizer", done.code).equals("NoError")
    told = read_item(organizer, meeting).text("t:AllowNewTimeProposal")
    scene.expect("EWS-MTG-162", "AllowNewTimeProposal afterwards", told).equals("false")
    keyless = organizer.call(ask.update_item(MeetingRef(meeting.id), closed, sending="SendToNone"))
    scene.expect("EWS-MTG-188", "the code without a ChangeKey", keyless.code).is_one_of(
        "ErrorChangeKeyRequiredForWriteOperations", "NoError"
    )
    sent = first_listed(scene, organizer, "sentitems", "MeetingRequest")
    subject = ask.set_field("item:Subject", t("Subject", "Rewritten"), "MeetingRequest")
    rewritten = organizer.call(ask.update_item(sent, subject, sending=None, disposition="SaveOnly"))
    scene.expect("EWS-MTG-204", "the code for a request that was sent", rewritten.code).equals(
        "ErrorSentMeetingRequestUpdate"
    )


@case(
    "handling-meetings.zones",
    scenario=SCENARIO,
    verifies=("EWS-MTG-021", "EWS-MTG-023", "EWS-MTG-281", "EWS-MTG-282"),
    pairings=EWS,
)
def test_the_server_knows_its_zones(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    ids = ("Tokyo Standard Time", "Pacific Standard Time")
    chosen = m("Ids", *(t("Id", name) for name in ids))

    def asked(full: str, *content: Markup) -> Markup:
        return m("GetServerTimeZones", *content, ReturnFullTimeZoneData=full)

    path = "m:ResponseMessages/*/m:TimeZoneDefinitions/t:TimeZoneDefinition"
    full, brief, everything = (
        organizer.call(operation).body for operation in (asked("true", chosen), asked("false", chosen), asked("false"))
    )
    zones = full.all(path) if full else ()
    scene.expect("EWS-MTG-281", "the zones asked for", [zone.text("@Id") for zone in zones]).has_members(ids)
    scene.expect("EWS-MTG-282", "a full definition", zones[0].names() if zones else ()).contains("Periods")
    short = brief.all(path) if brief else ()
    scene.expect("EWS-MTG-282", "brief definitions", [zone.names() for zone in short]).equals([(), ()])
    known = [zone.text("@Id") for zone in everything.all(path)] if everything else []
    scene.expect("EWS-MTG-281", "all zones", known).contains(*ids, "UTC")
    old = organizer.call(asked("false"), version="Exchange2007_SP1")
    scene.expect("EWS-MTG-021", "GetServerTimeZones under Exchange2007_SP1", old.code != "NoError").is_true()
    nowhere = t("TimeZoneContext", t("TimeZoneDefinition", Id="Middle of Nowhere Standard Time"))
    lost = organizer.call(ask.find_item("calendar"), headers=nowhere)
    scene.expect("EWS-MTG-023", "whether an unknown zone is passed over", lost.code == "NoError").is_false()


@case(
    "handling-meetings.headers",
    scenario=SCENARIO,
    verifies=("EWS-MTG-029", "EWS-MTG-030"),
    pairings=EWS,
    needs=("impersonation",),
)
def test_headers_change_the_answer_or_its_owner(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    meeting = written(organizer.call(ask.create_item(_alone(scene), invitations="SendToNone")))
    fine, coarse = (
        organizer.call(ask.get_item(meeting, base="IdOnly", fields=("calendar:Start",)), headers=header).text("t:Start")
        for header in (t("DateTimePrecision", "Milliseconds"), t("DateTimePrecision", "Seconds"))
    )
    scene.expect("EWS-MTG-029", "Start in milliseconds", fine).matches(r".*:\d\d\.\d+(Z|[+-]\d\d:\d\d)")
    scene.expect("EWS-MTG-029", "Start in seconds", coarse).matches(r".*:\d\d(Z|[+-]\d\d:\d\d)")
    acting = t("ExchangeImpersonation", t("ConnectingSID", t("PrimarySmtpAddress", address(scene, "attendee0"))))
    twice = organizer.call(ask.find_item("calendar"), headers=several(acting, acting))
    scene.expect("EWS-MTG-030", "the code of two impersonations", twice.code).equals(
        "ErrorMoreThanOneAccessModeSpecified"
    )
