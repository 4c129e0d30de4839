"""Suggestions of GetUserAvailability: when people could meet, how well, how many, and within which limits."""

from __future__ import annotations

from datetime import timedelta

from conformance.actor import ews_requests as ask
from conformance.actor.ews_client import EwsAnswer
from conformance.actor.times import instant, xml_time
from conformance.actor.xml import NOTHING, Markup, Node, m, t
from conformance.suites.case import EWS, case
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, free_day, moment, slot

SCENARIO = "suggestions"
OPTIONS = (
    "GoodThreshold",
    "MaximumResultsByDay",
    "MaximumNonWorkHourResultsByDay",
    "MeetingDurationInMinutes",
    "MinimumSuggestionQuality",
)
QUALITIES = ("Excellent", "Good", "Fair", "Poor")


def _asked(scene: Scene, people: dict[str, str], *, days: int = 1, views: Markup = NOTHING, **options: str) -> Markup:
    """GetUserAvailability with suggestions for some days from the case's day on; ``people`` are kinds by role."""
    boxes = (
        t(
            "MailboxData",
            t("Email", t("Address", address(scene, who))),
            t("AttendeeType", kind),
            t("ExcludeConflicts", "false"),
        )
        for who, kind in people.items()
    )
    start, end = xml_time(moment(scene, 0))[:-1], xml_time(moment(scene, 0, days=days))[:-1]
    told = (t(name, options[name]) for name in OPTIONS if name in options)
    window = t("DetailedSuggestionsWindow", t("StartTime", start), t("EndTime", end))
    wanted = t("SuggestionsViewOptions", *told, window)
    return m("GetUserAvailabilityRequest", ask.UTC_RULES, m("MailboxDataArray", *boxes), views, wanted)


def _suggestions(answer: EwsAnswer) -> tuple[Node, ...]:
    return answer.body.anywhere("t:Suggestion") if answer.body else ()


def _times(answer: EwsAnswer) -> list[str]:
    return [one.text("t:MeetingTime") or "" for one in _suggestions(answer)]


def _busy(scene: Scene) -> None:
    """An hour of attendee0's on the case's day, at ten."""
    plan = draft(scene, required=())
    scene.ews("attendee0").call(ask.create_meeting(plan, "SendToNone")).succeed("CreateItem of an appointment")


BOTH = {"organizer0": "Organizer", "attendee0": "Required"}


@case(
    "suggestions.quality",
    scenario=SCENARIO,
    verifies=("EWS-SUG-001", "EWS-SUG-002", "EWS-SUG-003", "EWS-MTG-305", "EWS-MTG-306"),
    pairings=EWS,
    needs=("availability",),
)
def test_the_best_times_are_those_at_which_nobody_is_busy(scene: Scene) -> None:
    free_day(scene, "ews", "organizer0", "attendee0")
    _busy(scene)
    answer = scene.ews("organizer0").call(
        _asked(scene, BOTH, MaximumResultsByDay="48", MinimumSuggestionQuality="Poor")
    )
    code = answer.body.text("m:SuggestionsResponse/m:ResponseMessage/m:ResponseCode") if answer.body else answer.code
    scene.require("EWS-SUG-001", "the code of the suggestions", code).equals("NoError")
    found = _suggestions(answer)
    scene.require("EWS-SUG-001", "the suggestions", found).is_present()
    names = answer.body.names() if answer.body else ()
    scene.expect("EWS-MTG-306", "the parts of the answer", names).equals(("SuggestionsResponse",))
    taken = slot(scene)
    for one in found:
        start = instant(one.text("t:MeetingTime") or "")
        busy = taken.start < start + timedelta(minutes=60) and start < taken.end
        kinds = [
            node.text("t:BusyType") for node in one.all("t:AttendeeConflictDataArray/t:IndividualAttendeeConflictData")
        ]
        wanted = ["Free", "Busy" if busy else "Free"]
        scene.expect("EWS-MTG-305", f"who is busy at {start:%H:%M}", kinds).equals(wanted)
        quality = one.text("t:SuggestionQuality")
        if busy:
            scene.expect("EWS-SUG-002", f"the quality of {start:%H:%M}", quality).is_one_of("Fair", "Poor")
        else:
            scene.expect("EWS-SUG-002", f"the quality of {start:%H:%M}", quality).equals("Excellent")
    days = answer.body.anywhere("t:SuggestionDayResult") if answer.body else ()
    told = [one.text("t:DayQuality") for one in days]
    best = min((QUALITIES.index(one.text("t:SuggestionQuality") or "Poor") for one in found), default=3)
    scene.expect("EWS-SUG-003", "the quality of the day", told).equals([QUALITIES[best]])


@case(
    "suggestions.list",
    scenario=SCENARIO,
    verifies=("EWS-SUG-011",),
    pairings=EWS,
    needs=("availability", "distribution-lists"),
)
def test_members_of_a_list_are_counted(scene: Scene) -> None:
    free_day(scene, "ews", "organizer0", "list0")
    _busy(scene)
    people = {"organizer0": "Organizer", "list0": "Required"}
    answer = scene.ews("organizer0").call(
        _asked(scene, people, MaximumResultsByDay="48", MinimumSuggestionQuality="Poor")
    )
    found = _suggestions(answer)
    scene.require("EWS-SUG-011", "the suggestions", found).is_present()
    taken = slot(scene)
    for one in found:
        start = instant(one.text("t:MeetingTime") or "")
        busy = taken.start < start + timedelta(minutes=60) and start < taken.end
        names = ("NumberOfMembersAvailable", "NumberOfMembersWithConflict", "NumberOfMembersWithNoData")
        for node in one.all("t:AttendeeConflictDataArray/t:GroupAttendeeConflictData"):
            every = int(node.text("t:NumberOfMembers") or 0)
            counts = [node.text(f"t:{name}") for name in names]
            scene.expect("EWS-SUG-011", f"the members with and without time at {start:%H:%M}", counts).equals(
                [str(every - busy), str(int(busy)), "0"]
            )
        kinds = [node.local for node in one.all("t:AttendeeConflictDataArray/*")]
        scene.expect("EWS-SUG-011", f"who is told of at {start:%H:%M}", kinds).equals(
            ["IndividualAttendeeConflictData", "GroupAttendeeConflictData"]
        )


@case(
    "suggestions.options",
    scenario=SCENARIO,
    verifies=("EWS-MTG-304", "EWS-SUG-004", "EWS-SUG-005", "EWS-SUG-006", "EWS-SUG-007"),
    pairings=EWS,
    needs=("availability",),
)
def test_options_say_how_many_how_long_and_how_good(scene: Scene) -> None:
    free_day(scene, "ews", "organizer0", "attendee0")
    _busy(scene)
    organizer = scene.ews("organizer0")
    few = _times(organizer.call(_asked(scene, BOTH, MaximumResultsByDay="3")))
    scene.expect("EWS-MTG-304", "how many suggestions are three at most", len(few)).is_at_most(3)
    scene.expect("EWS-MTG-304", "whether there are suggestions", few).is_present()
    best = _suggestions(
        organizer.call(_asked(scene, BOTH, MaximumResultsByDay="48", MinimumSuggestionQuality="Excellent"))
    )
    qualities = {one.text("t:SuggestionQuality") for one in best}
    scene.expect("EWS-SUG-004", "the qualities where the best are wanted", qualities).equals({"Excellent"})
    length = timedelta(minutes=120)
    long = _times(
        organizer.call(
            _asked(
                scene,
                BOTH,
                MaximumResultsByDay="48",
                MeetingDurationInMinutes="120",
                MinimumSuggestionQuality="Excellent",
            )
        )
    )
    taken = slot(scene)
    scene.require("EWS-SUG-005", "times for two hours", long).is_present()
    clashes = [one for one in long if taken.start < instant(one) + length and instant(one) < taken.end]
    scene.expect("EWS-SUG-005", "times for two hours that touch the busy one", clashes).is_absent()
    work = _suggestions(organizer.call(_asked(scene, BOTH, MaximumNonWorkHourResultsByDay="0")))
    scene.expect("EWS-SUG-006", "IsWorkTime of the suggestions", {one.text("t:IsWorkTime") for one in work}).equals(
        {"true"}
    )
    three = organizer.call(_asked(scene, BOTH, days=3, MaximumResultsByDay="2"))
    days = [one.text("t:Date") or "" for one in three.body.anywhere("t:SuggestionDayResult")] if three.body else []
    wanted = [moment(scene, 0, days=day).strftime("%Y-%m-%d") for day in range(3)]
    scene.expect("EWS-SUG-007", "the days of the answer", [one[:10] for one in days]).equals(wanted)


LIMITS = {
    "a threshold of 51": {"GoodThreshold": "51"},
    "49 results a day": {"MaximumResultsByDay": "49"},
    "a meeting of 29 minutes": {"MeetingDurationInMinutes": "29"},
    "a meeting of 1441 minutes": {"MeetingDurationInMinutes": "1441"},
}


@case(
    "suggestions.limits",
    scenario=SCENARIO,
    verifies=("EWS-SUG-008", "EWS-SUG-009", "EWS-SUG-010"),
    pairings=EWS,
    needs=("availability",),
)
def test_suggestions_have_limits_and_stand_beside_views(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    for about, options in LIMITS.items():
        answer = organizer.call(_asked(scene, BOTH, days=1, views=NOTHING, **options))
        scene.expect("EWS-SUG-008", f"suggestions for {about}", _suggestions(answer)).is_absent()
    vague = organizer.call(_asked(scene, BOTH, MinimumSuggestionQuality="Perfect"))
    scene.expect("EWS-SUG-009", "the code for an unknown quality", vague.code).equals("ErrorSchemaValidation")
    day = (xml_time(moment(scene, hour))[:-1] for hour in (8, 18))
    start, end = day
    window = t("TimeWindow", t("StartTime", start), t("EndTime", end))
    views = t("FreeBusyViewOptions", window, t("RequestedView", "FreeBusy"))
    both = organizer.call(_asked(scene, BOTH, views=views))
    names = both.body.names() if both.body else ()
    scene.expect("EWS-SUG-010", "the parts of an answer to both questions", names).equals(
        ("FreeBusyResponseArray", "SuggestionsResponse")
    )
    responses = both.body.all("m:FreeBusyResponseArray/m:FreeBusyResponse") if both.body else ()
    scene.expect("EWS-SUG-010", "the mailboxes in it", responses).has_length(len(BOTH))
