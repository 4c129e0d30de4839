"""Reading over Graph: pages, selection, order, filters, windows, preferences."""

from __future__ import annotations

from conformance.actor import graph_requests as ask
from conformance.actor import graph_views as read
from conformance.actor.graph_client import segment
from conformance.actor.times import local_time
from conformance.suites.case import GRAPH, case
from conformance.suites.graph.steps import Resource, call_meeting, event, own_event, received
from conformance.suites.scene import Scene
from conformance.suites.steps import draft, moment, slot, token

SCENARIO = "graph-propose-new-time"
PACIFIC = "Pacific Standard Time"
USER_BY_DEFAULT = frozenset(
    {
        *("id", "businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation"),
        *("preferredLanguage", "surname", "userPrincipalName"),
    }
)


def _appointments(scene: Scene, count: int) -> list[Resource]:
    """So many appointments of half an hour, one after another from nine o'clock."""
    return [
        call_meeting(scene, draft(scene, subject=f"Entry {n} {token(scene)}", required=(), slot=slot(scene, 9 + n, 30)))
        for n in range(count)
    ]


@case(
    "graph-propose-new-time.pages",
    scenario=SCENARIO,
    verifies=(
        "GRAPH-ODT-001",
        "GRAPH-ODT-007",
        "GRAPH-ODT-008",
        "GRAPH-ODT-009",
        "GRAPH-ODT-010",
        "GRAPH-ODT-011",
        "GRAPH-ODT-012",
        "GRAPH-ODT-018",
    ),
    pairings=GRAPH,
)
def test_pages_are_walked_by_their_links(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    made = [one["id"] for one in _appointments(scene, 11)]
    answer = organizer.get("me/calendar/events?$select=subject&$count=true")
    scene.expect("GRAPH-ODT-007", "a page without $top", answer.value).has_length(10)
    scene.expect("GRAPH-ODT-018", "@odata.count", answer.members.get("@odata.count")).is_at_least(len(made))
    seen: list[str] = []
    mine = "" if scene.has("quiet-mailboxes") else f"&$filter=contains(subject,'{token(scene)}')"
    pages = [organizer.get(f"me/calendar/events?$top=4&$select=subject&$orderby=start/dateTime{mine}")]
    while (link := pages[-1].members.get("@odata.nextLink")) and pages[-1].value and len(pages) < 100:
        pages.append(organizer.get(str(link)))
    for page in pages:
        scene.expect("GRAPH-ODT-001", "a page", page.members.get("@odata.context")).is_present()
        scene.expect("GRAPH-ODT-007", "the items of a page with $top=4", len(page.value)).is_at_most(4)
        seen += [str(one["id"]) for one in page.value if token(scene) in str(one.get("subject"))]
    first = str(pages[0].members.get("@odata.nextLink"))
    scene.expect("GRAPH-ODT-009", "@odata.nextLink", first).starts_with(organizer.url)
    scene.expect("GRAPH-ODT-012", "the options of @odata.nextLink", first).holds(
        lambda text: all(word in text.replace("%24", "$") for word in ("$skip", "$top", "$select")),
        "$skip, $top and $select",
    )
    end = pages[-1] if pages[-1].value or len(pages) == 1 else pages[-2]  # an empty page was led to by the last one
    last = end.members.get("@odata.nextLink")
    scene.expect("GRAPH-ODT-010", "@odata.nextLink of the last page", last).is_absent()
    scene.expect("GRAPH-ODT-011", "the events seen", seen).has_members(made)
    for top in ("0", "-1", "many"):
        refused = organizer.get(f"me/calendar/events?$top={top}")
        scene.expect("GRAPH-ODT-008", f"the status of $top={top}", refused.status).equals(400)
    scene.expect("GRAPH-ODT-008", "$top=1000", organizer.get("me/calendar/events?$top=1000").status).equals(200)


@case(
    "graph-propose-new-time.queries",
    scenario=SCENARIO,
    verifies=("GRAPH-ODT-014", "GRAPH-ODT-015", "GRAPH-ODT-016", "GRAPH-ODT-019", "GRAPH-ODT-020"),
    pairings=GRAPH,
)
def test_events_are_ordered_and_filtered(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    made = _appointments(scene, 3)
    mine = [f"Entry {n} {token(scene)}" for n in range(3)]

    def listed(query: str) -> list[str]:
        answer = organizer.get(f"me/calendar/events?$top=50&{query}")
        if "@odata.nextLink" in answer.members:  # others have much in this calendar, too
            joint = " and " if "$filter=" in query else "&$filter="
            answer = organizer.get(f"me/calendar/events?$top=50&{query}{joint}contains(subject,'{token(scene)}')")
        return [str(one.get("subject")) for one in answer.value if token(scene) in str(one.get("subject"))]

    scene.expect("GRAPH-ODT-014", "by start", listed("$orderby=start/dateTime")).equals(mine)
    scene.expect("GRAPH-ODT-014", "by start, reversed", listed("$orderby=start/dateTime desc")).equals(mine[::-1])
    ten = local_time(moment(scene, 10))
    for operator, wanted in (("ge", mine[1:]), ("gt", mine[2:]), ("le", mine[:2]), ("lt", mine[:1]), ("eq", mine[1:2])):
        told = listed(f"$filter=start/dateTime {operator} '{ten}'")
        scene.expect("GRAPH-ODT-015", f"start {operator} ten o'clock", told).has_members(wanted)
    uid = str(made[0].get("iCalUId"))
    scene.expect("GRAPH-ODT-016", "by iCalUId", listed(f"$filter=iCalUId eq '{uid}'")).equals(mine[:1])
    quoted = f"Anna's plan {token(scene)}"
    call_meeting(scene, draft(scene, subject=quoted, required=()))
    told = listed(f"$filter=subject eq 'Anna''s plan {token(scene)}'")
    scene.expect("GRAPH-ODT-019", "by a subject with a quote in it", told).equals([quoted])
    for query in ("$select=weather", "$filter=weather eq 'fair'"):
        refused = organizer.get(f"me/calendar/events?{query}")
        scene.expect("GRAPH-ODT-020", query, refused.status).equals(400)


@case(
    "graph-propose-new-time.calendar-view",
    scenario=SCENARIO,
    verifies=("GRAPH-VIEW-001", "GRAPH-VIEW-003", "GRAPH-VIEW-004", "GRAPH-WIRE-015", "GRAPH-PREF-007"),
    pairings=GRAPH,
)
def test_a_calendar_view_holds_what_overlaps_its_window(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    _appointments(scene, 4)  # 9:00, 10:00, 11:00, 12:00, half an hour each

    def listed(
        start: str, end: str, names: tuple[str, str] = ("startDateTime", "endDateTime"), **headers: str
    ) -> object:
        path = f"me/calendarView?{names[0]}={start}&{names[1]}={end}&$orderby=start/dateTime"
        found = organizer.get(path, headers).succeed("GET calendarView").value
        return [one.get("subject") for one in found if token(scene) in str(one.get("subject"))]

    inside = [f"Entry {n} {token(scene)}" for n in (1, 2)]
    window = (local_time(moment(scene, 10, 15)), local_time(moment(scene, 12)))
    scene.expect("GRAPH-VIEW-003", "what overlaps the window", listed(*window)).equals(inside)
    touching = (local_time(moment(scene, 9, 30)), local_time(moment(scene, 12)))
    scene.expect("GRAPH-VIEW-003", "what ends at the window's start", listed(*touching)).equals(inside)
    far = [f"{local_time(when, 'Tokyo Standard Time')}%2B09:00" for when in (moment(scene, 10, 15), moment(scene, 12))]
    scene.expect("GRAPH-VIEW-004", "a window with offsets", listed(far[0], far[1])).equals(inside)
    lower = listed(*window, names=("startdatetime", "enddatetime"))
    scene.expect("GRAPH-WIRE-015", "a window named in lower case", lower).equals(inside)
    elsewhere = listed(*window, Prefer=f'outlook.timezone="{PACIFIC}"')
    scene.expect("GRAPH-PREF-007", "the same window with a preferred zone", elsewhere).equals(inside)
    for path in ("me/calendarView", f"me/calendarView?startDateTime={window[0]}"):
        refused = organizer.get(path)
        scene.expect("GRAPH-VIEW-001", path.partition("?")[2] or "no window", refused.refusal).equals(
            (400, "ErrorInvalidParameter")
        )


@case(
    "graph-propose-new-time.preferences",
    scenario=SCENARIO,
    verifies=(
        "GRAPH-PREF-001",
        "GRAPH-PREF-003",
        "GRAPH-PREF-005",
        "GRAPH-PREF-006",
        "GRAPH-PREF-008",
        "GRAPH-PREF-013",
    ),
    pairings=GRAPH,
)
def test_preferences_are_followed_and_named(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    made = call_meeting(scene, draft(scene, required=()))
    path = f"me/events/{segment(str(made['id']))}"
    for zone, requirement in ((PACIFIC, "GRAPH-PREF-001"), ("America/New_York", "GRAPH-PREF-006")):
        answer = organizer.get(path, ask.prefer_zone(zone))
        scene.expect(requirement, "the zone of start", answer.at("start", "timeZone")).equals(zone)
        scene.expect(requirement, "start as an instant", read.slot(answer.members)).equals(draft(scene).slot)
        applied = answer.header("Preference-Applied")
        scene.expect("GRAPH-PREF-003", "Preference-Applied", applied).contains(f'outlook.timezone="{zone}"')
    refused = organizer.get(path, ask.prefer_zone("Middle of Nowhere Standard Time"))
    scene.expect("GRAPH-PREF-005", "an unknown zone", refused.refusal).equals((400, "TimeZoneNotSupportedException"))
    both = {"Prefer": f'outlook.timezone="{PACIFIC}", outlook.body-content-type="text"'}
    answer = organizer.get(path, both)
    scene.expect("GRAPH-PREF-008", "body.contentType", answer.at("body", "contentType")).equals("text")
    body = str(answer.at("body", "content")).strip()
    scene.expect("GRAPH-PREF-008", "body.content", body).equals(draft(scene).body)
    applied = answer.header("Preference-Applied")
    scene.expect("GRAPH-PREF-008", "Preference-Applied", applied).contains('outlook.body-content-type="text"')
    scene.expect("GRAPH-PREF-013", "the zone of start, with two preferences", answer.at("start", "timeZone")).equals(
        PACIFIC
    )


@case(
    "graph-propose-new-time.messages",
    scenario=SCENARIO,
    verifies=("GRAPH-MSG-004", "GRAPH-MSG-018", "GRAPH-MSG-020", "GRAPH-ODT-021"),
    pairings=GRAPH,
)
def test_meeting_messages_are_found_in_their_folders(scene: Scene) -> None:
    call_meeting(scene)
    sent = received(scene, "organizer0", "eventMessageRequest", folder="sentitems", requirement="GRAPH-MSG-004")
    scene.expect("GRAPH-MSG-004", "the request in Sent Items", sent.get("subject")).equals(draft(scene).subject)
    attendee = scene.graph("attendee0")
    request = received(scene, "attendee0", "eventMessageRequest")
    for form in ("mailFolders('inbox')", "mailFolders/inbox", "mailFolders/sentitems", "mailFolders/deleteditems"):
        scene.expect("GRAPH-MSG-020", form, attendee.get(f"me/{form}").status).equals(200)
    path = f"me/messages/{segment(str(request['id']))}"
    done = attendee.patch(path, {"isRead": True})
    scene.expect("GRAPH-MSG-018", "isRead after a PATCH", (done.status, done.members.get("isRead"))).equals((200, True))
    attendee.patch(path, {"subject": "Mine now"})
    told = attendee.get(path).members
    scene.expect("GRAPH-MSG-018", "the subject after a PATCH", told.get("subject")).equals(draft(scene).subject)
    derived = attendee.get("me/messages?$select=meetingMessageType")
    scene.expect("GRAPH-ODT-021", "selecting a derived member", derived.status).is_one_of(200, 400)


@case(
    "graph-propose-new-time.addresses",
    scenario=SCENARIO,
    verifies=(
        "GRAPH-WIRE-001",
        "GRAPH-WIRE-011",
        "GRAPH-WIRE-013",
        "GRAPH-WIRE-014",
        "GRAPH-WIRE-027",
        "GRAPH-WIRE-028",
        "GRAPH-WIRE-029",
    ),
    pairings=GRAPH,
)
def test_one_event_has_several_addresses(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    made = call_meeting(scene, draft(scene, required=()))
    identity = segment(str(made["id"]))
    me = organizer.get("me").members
    beside = [name for name in me if not name.startswith("@") and name not in USER_BY_DEFAULT]
    scene.expect("GRAPH-WIRE-029", "what is told beside the default set", beside).equals([])
    names = [f"users/{me.get('id')}", f"users/{segment(scene.account('organizer0').address)}"]
    for root in names:
        told = organizer.get(f"{root}/events/{identity}").members.get("id")
        scene.expect("GRAPH-WIRE-028", root.partition("/")[0], told).equals(made["id"])
    shouted = organizer.get(f"ME/Events/{identity}")
    scene.expect("GRAPH-WIRE-013", "keywords in another case", shouted.members.get("id")).equals(made["id"])
    scene.expect("GRAPH-WIRE-011", "Content-Type", shouted.header("Content-Type")).starts_with("application/json")
    swapped = organizer.get(f"me/events/{segment(str(made['id']).swapcase())}")
    scene.expect("GRAPH-WIRE-014", "an id in another case", swapped.status).is_one_of(400, 404)
    other = organizer.below("beta").get(f"me/events/{identity}")
    scene.expect("GRAPH-WIRE-001", "the event under /beta", other.members.get("id")).equals(made["id"])
    call_meeting(scene, draft(scene, subject=f"To accept {token(scene)}"))
    copy = own_event(scene, "attendee0", f"To accept {token(scene)}")
    attendee = scene.graph("attendee0")
    done = attendee.post(f"me/events/{segment(str(copy['id']))}/microsoft.graph.accept", {})
    told = event(attendee, str(copy["id"])).get("responseStatus") or {}
    scene.expect("GRAPH-WIRE-027", "the action by its full name", (done.status, told.get("response"))).is_one_of(
        (202, "accepted"), (400, "notResponded"), (404, "notResponded")
    )
