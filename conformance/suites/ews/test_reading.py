"""Reading calendars and mail folders over EWS: shapes, pages, views, ids."""

from __future__ import annotations

from conformance.actor import ews_requests as ask
from conformance.actor.times import instant, xml_time
from conformance.actor.views import MeetingRef
from conformance.actor.xml import Markup, Node, m, several, t
from conformance.model.verdict import Verdict
from conformance.suites.case import EWS, case
from conformance.suites.ews.steps import invited
from conformance.suites.scene import Scene
from conformance.suites.steps import (
    address,
    draft,
    moment,
    names_in,
    read_item,
    slot,
    token,
    written,
)

SCENARIO = "handling-meetings"


def _appointments(scene: Scene, count: int) -> list[MeetingRef]:
    """So many appointments of half an hour, one after another from nine o'clock."""
    organizer = scene.ews("organizer0")
    plans = (
        draft(scene, subject=f"Entry {n} {token(scene)}", required=(), slot=slot(scene, 9 + n, 30))
        for n in range(count)
    )
    return [written(organizer.call(ask.create_meeting(plan, "SendToNone"))) for plan in plans]


@case(
    "handling-meetings.shapes",
    scenario=SCENARIO,
    verifies=("EWS-MTG-226", "EWS-MTG-227", "EWS-MTG-228", "EWS-MTG-230", "EWS-MTG-231", "EWS-MTG-232", "EWS-MTG-279"),
    pairings=EWS,
)
def test_a_shape_decides_what_is_read(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    meeting = written(organizer.call(ask.create_meeting(draft(scene))))
    bare = read_item(organizer, meeting, "IdOnly")
    scene.expect("EWS-MTG-226", "IdOnly", bare.names()).equals(("ItemId",))
    named = ("calendar:End", "item:Subject", "calendar:Location", "calendar:Start")
    chosen = read_item(organizer, meeting, "IdOnly", named)
    scene.expect("EWS-MTG-226", "IdOnly and four properties", chosen.names()).has_members(
        ["ItemId", "Subject", "Start", "End", "Location"]
    )
    scene.expect("EWS-MTG-230", "the order of the properties", chosen.names()).equals(
        ("ItemId", "Subject", "Start", "End", "Location")
    )
    default = read_item(organizer, meeting, "Default").names()
    scene.expect("EWS-MTG-227", "Default", default).contains(
        "ItemId", "Subject", "ResponseObjects", "Start", "End", "LegacyFreeBusyStatus", "Location", "Organizer"
    )
    everything = read_item(organizer, meeting)
    scene.expect("EWS-MTG-228", "AllProperties", everything.names()).lacks("MimeContent")
    times = [everything.text(f"t:{name}") for name in ("Start", "End", "DateTimeCreated")]
    scene.expect("EWS-MTG-279", "the times", times).holds(_have_offsets, "each with Z or an offset")
    empty = organizer.call(ask.get_item(meeting, base="IdOnly", fields=("calendar:MeetingWorkspaceUrl",)))
    scene.expect("EWS-MTG-231", "the code", empty.code).equals("NoError")
    scene.expect("EWS-MTG-231", "the item", empty.item and empty.item.names()).equals(("ItemId",))
    field = "meeting:AssociatedCalendarItemId"
    note = written(organizer.call(ask.send_note(f"Draft {token(scene)}", (), disposition="SaveOnly")))
    strange = organizer.call(ask.get_item(note, base="IdOnly", fields=(field,)))
    scene.expect("EWS-MTG-232", "the code", strange.code).equals("ErrorInvalidPropertyRequest")
    told = strange.messages[0].node.text("m:MessageXml/t:FieldURI/@FieldURI") if strange.messages else None
    scene.expect("EWS-MTG-232", "the property named in MessageXml", told).equals(field)


def _have_offsets(times: list[str | None]) -> bool:
    return all(time is not None and (time.endswith("Z") or time[-6:-5] in {"+", "-"}) for time in times)


@case("handling-meetings.body-types", scenario=SCENARIO, verifies=("EWS-MTG-235",), pairings=EWS)
def test_a_body_is_read_as_text_or_as_html(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    meeting = written(organizer.call(ask.create_meeting(draft(scene, required=()), "SendToNone")))
    for kind in ("Text", "HTML"):
        shape = ask.shape("IdOnly", ("item:Body",), t("BodyType", kind))
        answer = organizer.call(m("GetItem", shape, m("ItemIds", ask.item_id(meeting))))
        scene.expect("EWS-MTG-235", f"the body asked for as {kind}", answer.text("t:Body/@BodyType")).equals(kind)
        scene.expect("EWS-MTG-235", f"the text of it as {kind}", answer.text("t:Body")).contains(draft(scene).body)


@case(
    "handling-meetings.unknown-ids",
    scenario=SCENARIO,
    verifies=("EWS-MTG-038", "EWS-MTG-040", "EWS-MTG-041", "EWS-MTG-042", "EWS-MTG-239"),
    pairings=EWS,
)
def test_a_batch_answers_each_id_for_itself(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    kept, gone = _appointments(scene, 2)
    organizer.call(ask.delete_item(gone, disposal="HardDelete", cancellations="SendToNone"))
    ids = (gone, MeetingRef("this is no id"), MeetingRef(""), kept)
    answer = organizer.call(ask.get_item(*ids, base="IdOnly"))
    codes = [message.code for message in answer.messages]
    scene.require("EWS-MTG-038", "the response messages", codes).has_length(len(ids))
    scene.expect("EWS-MTG-239", "the codes", codes[:3]).equals(
        ["ErrorItemNotFound", "ErrorInvalidIdMalformed", "ErrorInvalidIdEmpty"]
    )
    scene.expect("EWS-MTG-041", "the last message", codes[3]).equals("NoError")
    scene.expect("EWS-MTG-038", "the item of the last message", answer.messages[3].item).holds(
        lambda item: item.text("t:ItemId/@Id") == kept.id, "the item asked for last"
    )
    for message in answer.messages[:3]:
        scene.expect("EWS-MTG-040", f"the class of {message.code}", message.response_class).equals("Error")
        scene.expect("EWS-MTG-040", f"the words of {message.code}", message.words).is_present()
        link = message.node.text("m:DescriptiveLinkKey")
        scene.expect("EWS-MTG-040", f"DescriptiveLinkKey of {message.code}", link).equals("0")
        scene.expect("EWS-MTG-042", f"Items of {message.code}", message.node.one("m:Items") is not None).is_true()


def _walk(scene: Scene, made: set[str]) -> None:
    """Turn the pages of the organizer's calendar, two items each, which lead past all that was made."""
    organizer = scene.ews("organizer0")
    seen: list[str] = []
    totals: set[str | None] = set()
    offset, last = 0, "false"
    while last == "false" and offset < 1000:
        view = m("IndexedPageItemView", MaxEntriesReturned="2", Offset=str(offset), BasePoint="Beginning")
        answer = organizer.call(ask.find_item("calendar", view=view))
        root = answer.messages[0].node.one("m:RootFolder") if answer.messages else None
        scene.require("EWS-MTG-246", "RootFolder", root is not None).is_true()
        assert root is not None
        page = [item.text("t:ItemId/@Id") or "" for item in root.all("t:Items/*")]
        scene.require("EWS-MTG-246", "the items of a page of two", len(page)).is_one_of(1, 2)
        offset += len(page)
        seen += page
        totals.add(root.text("@TotalItemsInView"))
        scene.expect("EWS-MTG-246", "IndexedPagingOffset", root.text("@IndexedPagingOffset")).equals(str(offset))
        last = root.text("@IncludesLastItemInRange") or "not told"
    scene.expect("EWS-MTG-246", "TotalItemsInView of every page", totals).equals({str(len(seen))})
    scene.expect("EWS-MTG-246", "IncludesLastItemInRange of the last page", last).equals("true")
    scene.expect("EWS-MTG-246", "the ids of all pages", seen).contains(*sorted(made))
    scene.expect("EWS-MTG-246", "the ids of all pages, once each", seen).has_length(len(set(seen)))


@case(
    "handling-meetings.pages",
    scenario=SCENARIO,
    verifies=("EWS-MTG-246", "EWS-MTG-247", "EWS-MTG-248", "EWS-MTG-249", "EWS-MTG-250", "EWS-MTG-251", "EWS-MTG-252"),
    pairings=EWS,
)
def test_find_item_turns_pages(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    made = {meeting.id for meeting in _appointments(scene, 3)}
    if scene.has("quiet-mailboxes"):
        _walk(scene, made)
    else:
        scene.note("EWS-MTG-246", Verdict.NOT_APPLICABLE, "others may change the calendar while its pages are turned")
    wide = organizer.call(ask.find_item("calendar", base="AllProperties", fields=()))
    item = wide.messages[0].node.one("m:RootFolder/t:Items/t:CalendarItem") if wide.messages else None
    names = item.names() if item else ()
    scene.expect("EWS-MTG-250", "AllProperties of FindItem", names).lacks(
        "Body", "RequiredAttendees", "OptionalAttendees", "Resources"
    )
    scene.expect("EWS-MTG-250", "AllProperties of FindItem", names).contains("Subject")
    organizer_names = item.names("t:Organizer/t:Mailbox") if item else ()
    scene.expect("EWS-MTG-251", "Organizer of FindItem", organizer_names).equals(("Name",))
    indexed = m("IndexedPageItemView", MaxEntriesReturned="0", Offset="0", BasePoint="Beginning")
    negative = m("IndexedPageItemView", MaxEntriesReturned="2", Offset="-1", BasePoint="Beginning")
    fraction = m("FractionalPageItemView", MaxEntriesReturned="2", Numerator="3", Denominator="2")
    refusals = (
        ("EWS-MTG-247", indexed, "ErrorInvalidPagingMaxRows"),
        ("EWS-MTG-248", negative, "ErrorInvalidIndexedPagingParameters"),
        ("EWS-MTG-249", fraction, "ErrorInvalidFractionalPagingParameters"),
    )
    for requirement, view, code in refusals:
        answer = organizer.call(ask.find_item("calendar", view=view))
        scene.expect(requirement, "the code of FindItem", answer.code).equals(code)
    two = organizer.call(ask.find_item("calendar", view=several(indexed, fraction)))
    scene.expect("EWS-MTG-252", "the fault of two views", two.fault and two.fault.code).equals("ErrorSchemaValidation")


@case(
    "handling-meetings.calendar-view",
    scenario=SCENARIO,
    verifies=("EWS-MTG-242", "EWS-MTG-243", "EWS-MTG-244", "EWS-MTG-245"),
    pairings=EWS,
)
def test_a_calendar_view_holds_what_overlaps_its_window(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    _appointments(scene, 4)  # 9:00, 10:00, 11:00, 12:00, half an hour each
    window = (xml_time(moment(scene, 10, 15)), xml_time(moment(scene, 12)))

    def root_of(view: Markup) -> Node | None:
        answer = organizer.call(ask.find_item("calendar", view=view))
        return answer.messages[0].node.one("m:RootFolder") if answer.messages else None

    root = root_of(ask.calendar_view(*window))
    subjects = root.texts("t:Items/t:CalendarItem/t:Subject") if root else ()
    scene.expect("EWS-MTG-242", "what the window holds", [one for one in subjects if token(scene) in one]).equals(
        [f"Entry 1 {token(scene)}", f"Entry 2 {token(scene)}"]
    )
    day = (xml_time(moment(scene, 8)), xml_time(moment(scene, 18)))
    whole, cut = root_of(ask.calendar_view(*day)), root_of(ask.calendar_view(*day, 3))
    count = str(len(whole.all("t:Items/*"))) if whole else "no answer"
    told = {name: cut.text(f"@{name}") for name in ("TotalItemsInView", "IncludesLastItemInRange")} if cut else {}
    scene.expect("EWS-MTG-243", "what a cut view says of the whole", told).equals(
        {"TotalItemsInView": count, "IncludesLastItemInRange": "false"}
    )
    scene.expect("EWS-MTG-243", "the items of a cut view", cut and cut.all("t:Items/*")).has_length(3)
    long = ask.calendar_view(window[0], xml_time(moment(scene, days=740)))
    code = organizer.call(ask.find_item("calendar", view=long)).code
    scene.expect("EWS-MTG-244", "the code for more than two years", code).equals("ErrorCalendarViewRangeTooBig")
    code = organizer.call(ask.find_item("inbox", view=ask.calendar_view(*window))).code
    scene.expect("EWS-MTG-245", "the code in a mail folder", code).equals("ErrorCalendarFolderIsInvalidForCalendarView")


@case(
    "handling-meetings.move",
    scenario=SCENARIO,
    verifies=("EWS-MTG-253",),
    pairings=EWS,
)
def test_a_moved_item_has_a_new_id(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    _, request = invited(scene)
    moved = attendee.call(m("MoveItem", m("ToFolderId", ask.folder_id("drafts")), m("ItemIds", ask.item_id(request))))
    scene.require("EWS-MTG-253", "the code of MoveItem", moved.code).equals("NoError")
    scene.expect("EWS-MTG-253", "the new id", moved.text("t:ItemId/@Id")).differs_from(request.id)
    code = attendee.call(ask.get_item(request, base="IdOnly")).code
    scene.expect("EWS-MTG-253", "the code of GetItem by the old id", code).equals("ErrorItemNotFound")


@case(
    "handling-meetings.time-zones",
    scenario=SCENARIO,
    verifies=("EWS-MTG-022", "EWS-MTG-275", "EWS-MTG-276", "EWS-MTG-278"),
    pairings=EWS,
)
def test_a_time_without_an_offset_is_read_in_the_zone_given(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    day = scene.date.isoformat()
    context = t("TimeZoneContext", t("TimeZoneDefinition", Id="Tokyo Standard Time"))
    zones = t("StartTimeZone", Id="China Standard Time") + t("EndTimeZone", Id="China Standard Time")
    questions = (
        ("no zone", "", "", f"{day}T10:00:00Z"),
        ("TimeZoneContext", "", context, f"{day}T01:00:00Z"),
        ("StartTimeZone and TimeZoneContext", zones, context, f"{day}T02:00:00Z"),
    )
    for about, inside, header, wanted in questions:
        item = t(
            "CalendarItem",
            t("Subject", f"{about} {token(scene)}"),
            t("Start", f"{day}T10:00:00"),
            t("End", f"{day}T11:00:00"),
            Markup(inside),
        )
        created = organizer.call(ask.create_item(item, invitations="SendToNone"), headers=Markup(header))
        scene.expect("EWS-MTG-022", f"the code with {about}", created.code).equals("NoError")
        read = read_item(organizer, written(created))
        start = instant(read.text("t:Start") or "0001-01-01T00:00:00Z")
        scene.expect("EWS-MTG-276", f"Start with {about}", start).equals(instant(wanted))
        if inside:
            ids = [read.text(f"t:{name}/@Id") for name in ("StartTimeZone", "EndTimeZone")]
            scene.expect("EWS-MTG-275", "StartTimeZone and EndTimeZone", ids).equals(["China Standard Time"] * 2)
    literal = ask.create_meeting(draft(scene, required=()), "SendToNone")
    stored = read_item(organizer, written(organizer.call(literal, headers=context)))
    start = instant(stored.text("t:Start") or "0001-01-01T00:00:00Z")
    scene.expect("EWS-MTG-278", "Start given with Z", start).equals(draft(scene).slot.start)


@case(
    "handling-meetings.impersonation",
    scenario=SCENARIO,
    verifies=("EWS-MTG-024", "EWS-MTG-025", "EWS-MTG-026", "EWS-MTG-027"),
    pairings=EWS,
    needs=("impersonation",),
)
def test_who_may_impersonate_acts_in_the_other_mailbox(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")

    def acting(sid: str) -> Markup:
        return t("ExchangeImpersonation", t("ConnectingSID", Markup(sid)))

    plan = ask.create_meeting(draft(scene, required=()), "SendToNone")
    by_attendee = acting(t("PrimarySmtpAddress", address(scene, "attendee0")))
    done = organizer.call(plan, headers=by_attendee)
    scene.expect("EWS-MTG-027", "the code of CreateItem", done.code).equals("NoError")
    theirs = names_in(attendee, "calendar", token(scene))
    scene.expect("EWS-MTG-027", "the other's calendar", theirs).equals(["CalendarItem"])
    own = names_in(organizer, "calendar", token(scene))
    scene.expect("EWS-MTG-027", "the own calendar", own).is_absent()
    stranger = acting(t("PrimarySmtpAddress", f"nobody-{token(scene)}@example.com"))
    to_organizer = acting(t("PrimarySmtpAddress", address(scene, "organizer0")))
    refusals = (
        ("EWS-MTG-024", organizer, acting(""), "ErrorInvalidExchangeImpersonationHeaderData"),
        ("EWS-MTG-025", attendee, to_organizer, "ErrorImpersonateUserDenied"),
        ("EWS-MTG-026", organizer, stranger, "ErrorNonExistentMailbox"),
    )
    for requirement, client, header, code in refusals:
        answer = client.call(plan, headers=header)
        scene.expect(requirement, "the code", answer.code).equals(code)
