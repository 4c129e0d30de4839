"""GetUserAvailability over EWS, beginning with the document's own request."""

from __future__ import annotations

from datetime import timedelta

from conformance.actor import ews_requests as ask
from conformance.actor.ews_client import EwsAnswer
from conformance.actor.times import instant, local_time, xml_time
from conformance.actor.views import Answer, ShowAs
from conformance.actor.xml import Markup, Node, t
from conformance.model.verdict import Verdict
from conformance.suites.case import EWS, case
from conformance.suites.documents import message, render
from conformance.suites.ews.steps import invited
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, first_listed, free_day, moment, slot, token

SCENARIO = "availability"


def _responses(answer: EwsAnswer) -> tuple[Node, ...]:
    return answer.body.all("m:FreeBusyResponseArray/m:FreeBusyResponse") if answer.body else ()


def _code(response: Node) -> str | None:
    return response.text("m:ResponseMessage/m:ResponseCode")


def _merged(response: Node) -> str | None:
    return response.text("m:FreeBusyView/t:MergedFreeBusy")


def _view(response: Node) -> str | None:
    return response.text("m:FreeBusyView/t:FreeBusyViewType")


def _day(scene: Scene, first: int = 8, last: int = 12) -> tuple[str, str]:
    """A window of the case's day, by the clock of UTC and without an offset."""
    return xml_time(moment(scene, first))[:-1], xml_time(moment(scene, last))[:-1]


def _fill(scene: Scene, who: str, *entries: tuple[int, int, ShowAs]) -> None:
    """Appointments in somebody's own calendar: hour, minutes, how they count."""
    for hour, minutes, show_as in entries:
        plan = draft(
            scene, subject=f"Own {token(scene)}", required=(), slot=slot(scene, hour, minutes), show_as=show_as
        )
        scene.ews(who).call(ask.create_meeting(plan, "SendToNone")).succeed("CreateItem of an appointment")


@case(
    "availability.document",
    scenario=SCENARIO,
    verifies=("EWS-MTG-001", "EWS-MTG-283", "EWS-MTG-285", "EWS-MTG-286", "EWS-MTG-293", "EWS-MTG-302", "EWS-MTG-344"),
    pairings=EWS,
    needs=("availability",),
)
def test_the_documents_question_is_answered_in_its_zone(scene: Scene) -> None:
    asking = scene.ews("organizer0")
    # The document's own three events of its first mailbox, and the one of its second.
    own = (("06:00", "06:30", "Busy"), ("07:00", "08:00", "Busy"), ("09:40", "10:10", "Busy"))
    other = (("09:00", "10:00", "Tentative"),)
    for who, events in (("organizer0", own), ("attendee0", other)):
        for start, end, status in events:
            item = t(
                "CalendarItem",
                t("Subject", f"Printed {token(scene)}"),
                t("Start", f"2006-10-16T{start}:00-07:00"),
                t("End", f"2006-10-16T{end}:00-07:00"),
                t("LegacyFreeBusyStatus", status),
            )
            scene.ews(who).call(ask.create_item(item, invitations="SendToNone")).succeed("CreateItem")
    people = {"user1@example.com": address(scene, "organizer0"), "user2@example.com": address(scene, "attendee0")}
    answer = asking.post(render(message("availability", "get-user-availability.request"), addresses=people))
    responses = _responses(answer)
    codes = [_code(response) for response in responses]
    scene.require("EWS-MTG-001", "the codes", codes).equals(["NoError", "NoError"])
    # What the document's events explain; its printed strings mark one slot more each.
    merged = [_merged(response) for response in responses]
    scene.expect("EWS-MTG-283", "the merged strings, in the order asked", merged).equals(
        ["000000220220000000000000", "000000000100000000000000"]
    )
    scene.expect("EWS-MTG-285", "the lengths of the merged strings", [len(text or "") for text in merged]).equals(
        [24, 24]
    )
    scene.expect("EWS-MTG-286", "the first merged string", merged[0]).equals("000000220220000000000000")
    # The window has no offset, so the answer is in the request's zone; offsets may be written out.
    path = "m:FreeBusyView/t:CalendarEventArray/t:CalendarEvent/t:StartTime"
    # An earlier run has left the same events: each start counts once.
    starts = sorted({time[:19] for time in responses[0].texts(path)})
    scene.expect("EWS-MTG-344", "the starts of the first mailbox's events", starts).equals(
        ["2006-10-16T06:00:00", "2006-10-16T07:00:00", "2006-10-16T09:40:00"]
    )
    views = [_view(response) for response in responses]
    scene.expect("EWS-MTG-293", "the own view", views[0]).equals("DetailedMerged")
    scene.expect("EWS-MTG-293", "the other's view", views[1]).equals("FreeBusyMerged")
    details = responses[1].all("m:FreeBusyView/t:CalendarEventArray/t:CalendarEvent/t:CalendarEventDetails")
    scene.expect("EWS-MTG-293", "details of the other's events", details).is_absent()
    for response in responses:
        hours = response.one("m:FreeBusyView/t:WorkingHours")
        scene.expect("EWS-MTG-302", "WorkingHours", hours and hours.names()).equals(("TimeZone", "WorkingPeriodArray"))
        periods = hours.all("t:WorkingPeriodArray/t:WorkingPeriod") if hours else ()
        scene.expect("EWS-MTG-302", "the working periods", periods).is_present()


@case(
    "availability.merged",
    scenario=SCENARIO,
    verifies=("EWS-MTG-283", "EWS-MTG-285", "EWS-MTG-286", "EWS-MTG-288"),
    pairings=EWS,
    needs=("availability",),
)
def test_each_digit_is_the_strongest_status_of_its_interval(scene: Scene) -> None:
    free_day(scene, "ews", "attendee0", "attendee1")
    _fill(
        scene,
        "attendee0",
        (8, 30, ShowAs.TENTATIVE),
        (9, 60, ShowAs.BUSY),
        (9, 15, ShowAs.TENTATIVE),
        (10, 15, ShowAs.OOF),
        (11, 30, ShowAs.FREE),
    )
    asking = scene.ews("organizer0")
    people = (address(scene, "attendee1"), address(scene, "attendee0"))
    halves = [_merged(one) for one in _responses(asking.call(ask.availability(people, *_day(scene))))]
    scene.expect("EWS-MTG-286", "half hours of who is busy", halves[-1] if halves else None).equals("10223000")
    scene.expect("EWS-MTG-283", "the strings in the order asked", halves).equals(["00000000", "10223000"])
    default = _responses(asking.call(ask.availability(people, *_day(scene), interval=None)))
    scene.expect("EWS-MTG-288", "without an interval", [_merged(one) for one in default]).equals(halves)
    odd = _responses(asking.call(ask.availability(people, *_day(scene), interval=50)))
    scene.expect("EWS-MTG-285", "four hours in pieces of fifty minutes", [_merged(one) for one in odd]).equals(
        ["00000", "12300"]
    )


@case(
    "availability.views",
    scenario=SCENARIO,
    verifies=("EWS-MTG-289", "EWS-MTG-290", "EWS-MTG-291", "EWS-MTG-292", "EWS-MTG-302"),
    pairings=EWS,
    needs=("availability",),
)
def test_a_view_holds_what_its_name_says(scene: Scene) -> None:
    free_day(scene, "ews", "organizer0")
    _fill(scene, "organizer0", (9, 60, ShowAs.BUSY))
    asking = scene.ews("organizer0")
    me = (address(scene, "organizer0"),)
    events = "CalendarEventArray"
    wanted = {
        "MergedOnly": ("EWS-MTG-290", {"MergedFreeBusy"}, {events}),
        "FreeBusy": ("EWS-MTG-291", {events, "WorkingHours"}, {"MergedFreeBusy"}),
        "FreeBusyMerged": ("EWS-MTG-302", {"MergedFreeBusy", events, "WorkingHours"}, set()),
        "Detailed": ("EWS-MTG-292", {events, "WorkingHours"}, {"MergedFreeBusy"}),
        "DetailedMerged": ("EWS-MTG-302", {"MergedFreeBusy", events, "WorkingHours"}, set()),
    }
    for view, (requirement, present, absent) in wanted.items():
        responses = _responses(asking.call(ask.availability(me, *_day(scene), view=view)))
        found = responses[0].one("m:FreeBusyView") if responses else None
        names = found.names() if found else ()
        scene.expect(requirement, f"the elements of {view}", names).contains(*sorted(present))
        scene.expect(requirement, f"the elements of {view}", names).lacks(*sorted(absent))
        details = found.all(f"t:{events}/t:CalendarEvent/t:CalendarEventDetails") if found else ()
        if view == "FreeBusy":
            scene.expect(requirement, "details in FreeBusy", details).is_absent()
        if view == "Detailed":
            subjects = [one.text("t:Subject") for one in details]
            scene.expect(requirement, "the subjects in Detailed", subjects).equals([f"Own {token(scene)}"])
    answer = asking.call(ask.availability(me, *_day(scene), view="None"))
    scene.expect("EWS-MTG-289", "the code of the view None", _refusal(answer)).equals("ErrorInvalidFreeBusyViewType")


def _refusal(answer: EwsAnswer) -> str | None:
    """The code of a refusal, be it a fault or that of the first mailbox."""
    if answer.fault:
        return answer.fault.code
    return next((_code(response) for response in _responses(answer)), None)


@case(
    "availability.unknown",
    scenario=SCENARIO,
    verifies=("EWS-MTG-283", "EWS-MTG-284"),
    pairings=EWS,
    needs=("availability",),
)
def test_an_unknown_mailbox_fails_alone(scene: Scene) -> None:
    people = (address(scene, "attendee0"), f"nobody-{token(scene)}@example.com", address(scene, "attendee1"))
    answer = scene.ews("organizer0").call(ask.availability(people, *_day(scene)))
    responses = _responses(answer)
    codes = [_code(response) for response in responses]
    scene.expect("EWS-MTG-284", "the codes", codes).equals(["NoError", "ErrorMailRecipientNotFound", "NoError"])
    scene.expect("EWS-MTG-283", "the codes in the order asked", codes).equals(
        ["NoError", "ErrorMailRecipientNotFound", "NoError"]
    )
    classes = [response.text("m:ResponseMessage/@ResponseClass") for response in responses]
    scene.expect("EWS-MTG-284", "the classes", classes).equals(["Success", "Error", "Success"])


@case(
    "availability.whole-events",
    scenario=SCENARIO,
    verifies=("EWS-MTG-293", "EWS-MTG-296"),
    pairings=EWS,
    needs=("availability",),
)
def test_others_see_when_but_not_what(scene: Scene) -> None:
    free_day(scene, "ews", "attendee0")
    _fill(scene, "attendee0", (7, 120, ShowAs.BUSY))
    question = ask.availability((address(scene, "attendee0"),), *_day(scene), view="Detailed")
    responses = _responses(scene.ews("organizer0").call(question))
    events = responses[0].all("m:FreeBusyView/t:CalendarEventArray/t:CalendarEvent") if responses else ()
    scene.require("EWS-MTG-296", "the events", events).has_length(1)
    times = [instant(events[0].text(path) or "") for path in ("t:StartTime", "t:EndTime")]
    scene.expect("EWS-MTG-296", "an event that begins before the window", times).equals(
        [moment(scene, 7), moment(scene, 9)]
    )
    scene.expect("EWS-MTG-293", "the view delivered", _view(responses[0])).is_one_of("FreeBusy", "FreeBusyMerged")
    scene.expect("EWS-MTG-293", "the elements of the event", events[0].names()).lacks("CalendarEventDetails")


@case(
    "availability.private",
    scenario=SCENARIO,
    verifies=("EWS-MTG-294",),
    pairings=EWS,
    needs=("availability",),
)
def test_a_private_event_hides_what_its_neighbours_show(scene: Scene) -> None:
    # The last attendee shows the organizer all details; where nobody does, privacy cannot be told from permission.
    free_day(scene, "ews", "attendee9")
    sharing = scene.ews("attendee9")
    _fill(scene, "attendee9", (8, 60, ShowAs.BUSY))
    item = ask.calendar_item(draft(scene, required=(), slot=slot(scene, 9)))
    secret = Markup(item.replace("</t:Subject>", "</t:Subject><t:Sensitivity>Private</t:Sensitivity>", 1))
    sharing.call(ask.create_item(secret, invitations="SendToNone")).succeed("CreateItem")
    question = ask.availability((address(scene, "attendee9"),), *_day(scene), view="Detailed")
    responses = _responses(scene.ews("organizer0").call(question))
    events = responses[0].all("m:FreeBusyView/t:CalendarEventArray/t:CalendarEvent") if responses else ()
    told = {
        instant(event.text("t:StartTime") or ""): [
            event.text(f"t:CalendarEventDetails/t:{name}") for name in ("Subject", "Location", "ID")
        ]
        for event in events
    }
    shown = told.get(moment(scene, 8), [])
    if not shown or shown[0] is None:
        scene.note("EWS-MTG-294", Verdict.NOT_APPLICABLE, "nobody's calendar shows the organizer its details")
        return
    hidden = told.get(moment(scene, 9), ["no event"])
    scene.expect("EWS-MTG-294", "subject, location and id of a private event", [one for one in hidden if one]).equals(
        []
    )
    private = [event.text("t:CalendarEventDetails/t:IsPrivate") for event in events]
    scene.expect("EWS-MTG-294", "IsPrivate", private).is_one_of(["false", "true"], ["false", None])


@case(
    "availability.answers",
    scenario=SCENARIO,
    verifies=("EWS-MTG-307",),
    pairings=EWS,
    needs=("availability",),
)
def test_an_invitation_is_tentative_and_an_accepted_one_busy(scene: Scene) -> None:
    free_day(scene, "ews", "attendee0")
    attendee, asking = scene.ews("attendee0"), scene.ews("organizer0")
    _, request = invited(scene)
    first_listed(scene, attendee, "calendar", "CalendarItem")
    question = ask.availability((address(scene, "attendee0"),), *_day(scene, 10, 11), interval=60)
    before = [_merged(response) for response in _responses(asking.call(question))]
    scene.expect("EWS-MTG-307", "the hour of an unanswered meeting", before).equals(["1"])
    attendee.call(ask.respond(Answer.ACCEPT, request))
    after = [_merged(response) for response in _responses(asking.call(question))]
    scene.expect("EWS-MTG-307", "the hour of an accepted meeting", after).equals(["2"])


@case(
    "availability.list",
    scenario=SCENARIO,
    verifies=("EWS-MTG-300",),
    pairings=EWS,
    needs=("availability", "distribution-lists"),
)
def test_a_distribution_list_answers_as_one(scene: Scene) -> None:
    free_day(scene, "ews", "list0")
    _fill(scene, "attendee0", (8, 60, ShowAs.TENTATIVE))
    _fill(scene, "attendee1", (8, 30, ShowAs.BUSY), (10, 60, ShowAs.OOF))
    question = ask.availability((address(scene, "list0"),), *_day(scene), view="Detailed")
    responses = _responses(scene.ews("organizer0").call(question))
    scene.require("EWS-MTG-300", "the entries", responses).has_length(1)
    scene.expect("EWS-MTG-300", "the merged string of the list", _merged(responses[0])).equals("21003300")
    scene.expect("EWS-MTG-300", "the view delivered", _view(responses[0])).equals("MergedOnly")
    found = responses[0].one("m:FreeBusyView")
    scene.expect("EWS-MTG-300", "the elements of the view", found and found.names()).lacks("CalendarEventArray")


@case(
    "availability.window",
    scenario=SCENARIO,
    verifies=("EWS-MTG-297", "EWS-MTG-298"),
    pairings=EWS,
    needs=("availability",),
)
def test_a_window_has_a_positive_length_and_a_limit(scene: Scene) -> None:
    # The document's limit is 42 days; the online service's, and that of servers like it, is 62.
    limit = 62 if _asked_days(scene, 43) == "NoError" else 42
    _window(scene, limit)


@case(
    "availability.window-online",
    scenario=SCENARIO,
    verifies=("EWS-MTG-297", "EWS-MTG-298"),
    pairings=EWS,
    needs=("availability", "online"),
)
def test_online_a_window_is_longer(scene: Scene) -> None:
    _window(scene, 62)


def _asked_days(scene: Scene, days: int) -> str | None:
    """The code for a window of so many days."""
    window = (xml_time(moment(scene, 0))[:-1], xml_time(moment(scene, 0, days=days))[:-1])
    question = ask.availability((address(scene, "organizer0"),), *window, interval=1440)
    return _refusal(scene.ews("organizer0").call(question))


def _window(scene: Scene, days: int) -> None:
    scene.expect("EWS-MTG-297", f"exactly {days} days", _asked_days(scene, days)).equals("NoError")
    scene.expect("EWS-MTG-297", "one day more", _asked_days(scene, days + 1)).equals("ErrorTimeIntervalTooBig")
    asking, me = scene.ews("organizer0"), (address(scene, "organizer0"),)
    start = moment(scene, 0)
    for about, length in (("no length at all", timedelta()), ("an end before the start", timedelta(hours=-1))):
        answer = asking.call(ask.availability(me, xml_time(start)[:-1], xml_time(start + length)[:-1]))
        scene.expect("EWS-MTG-298", about, answer.fault and answer.fault.code).equals("ErrorInvalidTimeInterval")


@case(
    "availability.intervals",
    scenario=SCENARIO,
    verifies=("EWS-MTG-287", "EWS-MTG-299", "EWS-MTG-303", "EWS-MTG-308"),
    pairings=EWS,
    needs=("availability",),
)
def test_what_a_question_for_availability_may_not_be(scene: Scene) -> None:
    asking = scene.ews("organizer0")
    me = (address(scene, "organizer0"),)
    window = (xml_time(moment(scene, 0))[:-1], xml_time(moment(scene, 0, days=3))[:-1])
    for interval in (4, 1441):
        code = _refusal(asking.call(ask.availability(me, *window, interval=interval)))
        scene.expect("EWS-MTG-287", f"{interval} minutes", code).equals("ErrorInvalidMergedFreeBusyInterval")
    for interval in (5, 1440):
        code = _refusal(asking.call(ask.availability(me, *window, interval=interval)))
        scene.expect("EWS-MTG-287", f"{interval} minutes", code).equals("NoError")
    for count, wanted in ((100, "NoError"), (101, "ErrorMailboxDataArrayTooBig")):
        code = _refusal(asking.call(ask.availability(me * count, *_day(scene), view="MergedOnly")))
        scene.expect("EWS-MTG-299", f"{count} mailboxes", code).equals(wanted)
    full = ask.availability(me, *_day(scene))
    neither = Markup(full.partition("<t:FreeBusyViewOptions>")[0] + "</m:GetUserAvailabilityRequest>")
    refused = asking.call(neither)
    scene.expect("EWS-MTG-303", "neither view asked for", refused.fault is not None).is_true()
    bias, rest = "<t:Bias>0</t:Bias>", "<t:StandardTime>"
    muddled = Markup(full.replace(bias + rest, rest, 1).replace("</t:DaylightTime>", f"</t:DaylightTime>{bias}", 1))
    refused = asking.call(muddled)
    scene.expect("EWS-MTG-308", "the fault of a muddled zone", refused.fault and refused.fault.code).equals(
        "ErrorSchemaValidation"
    )


@case(
    "availability.headers",
    scenario=SCENARIO,
    verifies=("EWS-MTG-013", "EWS-MTG-022", "EWS-MTG-027"),
    pairings=EWS,
    needs=("availability", "impersonation"),
)
def test_the_documents_headers_are_understood(scene: Scene) -> None:
    free_day(scene, "ews", "attendee0")
    _fill(scene, "attendee0", (9, 60, ShowAs.BUSY))
    asking = scene.ews("organizer0")
    person = address(scene, "attendee0")
    tokyo = [local_time(moment(scene, hour), "Tokyo Standard Time") for hour in (8, 12)]
    context = t("TimeZoneContext", t("TimeZoneDefinition", Id="Tokyo Standard Time"))
    zoneless = ask.availability((person,), *tokyo, view="FreeBusyMerged", rules=Markup(""))
    answer = asking.call(zoneless, headers=context)
    merged = [_merged(response) for response in _responses(answer)]
    scene.expect("EWS-MTG-022", "a window read in the zone of TimeZoneContext", merged).equals(["00220000"])
    version = answer.root.one("s:Header/t:ServerVersionInfo") if answer.root else None
    scene.expect("EWS-MTG-013", "ServerVersionInfo", version is not None).is_true()
    acting = t("ExchangeImpersonation", t("ConnectingSID", t("PrimarySmtpAddress", person)))
    details = asking.call(ask.availability((person,), *_day(scene), view="Detailed"), headers=acting)
    path = "m:FreeBusyView/t:CalendarEventArray/t:CalendarEvent/t:CalendarEventDetails/t:Subject"
    subjects = [text for response in _responses(details) for text in response.texts(path)]
    scene.expect("EWS-MTG-027", "the subjects seen as the owner", subjects).equals([f"Own {token(scene)}"])
