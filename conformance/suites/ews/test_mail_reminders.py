"""Reminders that are to come by mail, over EWS."""

from __future__ import annotations

from conformance.actor import ews_requests as ask
from conformance.actor.xml import Markup, Node, t
from conformance.suites.case import EWS, case
from conformance.suites.ews.whole import whole_item
from conformance.suites.scene import Scene
from conformance.suites.steps import read_item, written

SCENARIO = "properties"
_NEWEST = "Exchange2016"
_CHANGES = {"EWS-MRM-006": "None", "EWS-MRM-007": "Added", "EWS-MRM-008": "Override", "EWS-MRM-009": "Deleted"}
_OPTIONS = {"EWS-MRM-010": "NotSet", "EWS-MRM-011": "User", "EWS-MRM-012": "AllAttendees"}


def _reminder(minutes: int, organizers: str, change: str = "None", option: str = "User") -> Markup:
    return t(
        "InboxReminder",
        t("ReminderOffset", str(minutes)),
        t("Message", f"In {minutes} minutes"),
        t("IsOrganizerReminder", organizers),
        t("OccurrenceChange", change),
        t("SendOption", option),
    )


def _kept(scene: Scene, *reminders: Markup) -> tuple[Node, ...]:
    item = whole_item(scene, {"InboxReminders": t("InboxReminders", *reminders)} if reminders else {})
    organizer = scene.ews("organizer0")
    made = written(organizer.call(ask.create_item(item, invitations="SendToNone"), version=_NEWEST))
    return read_item(organizer, made, version=_NEWEST).all("t:InboxReminders/t:InboxReminder")


@case(
    "properties.mail-reminders",
    scenario=SCENARIO,
    verifies=("EWS-MRM-001", "EWS-MRM-002", "EWS-MRM-003", "EWS-MRM-004", "EWS-MRM-005", "EWS-MRM-013"),
    pairings=EWS,
    needs=("exchange2016",),
)
def test_reminders_by_mail_are_kept(scene: Scene) -> None:
    kept = _kept(scene, _reminder(15, "true", option="AllAttendees"), _reminder(60, "false"))
    ids = [one.text("t:Id") for one in kept]
    scene.require("EWS-MRM-001", "different Ids", len(set(ids) - {None})).equals(2)
    scene.expect("EWS-MRM-002", "ReminderOffset", [one.text("t:ReminderOffset") for one in kept]).equals(["15", "60"])
    messages = [one.text("t:Message") for one in kept]
    scene.expect("EWS-MRM-003", "Message", messages).equals(["In 15 minutes", "In 60 minutes"])
    scene.expect("EWS-MRM-004", "IsOrganizerReminder", kept[0].text("t:IsOrganizerReminder")).equals("true")
    scene.expect("EWS-MRM-005", "IsOrganizerReminder", kept[1].text("t:IsOrganizerReminder")).equals("false")
    scene.expect("EWS-MRM-013", "InboxReminders of a plain item", len(_kept(scene))).equals(0)


@case(
    "properties.mail-reminder-words",
    scenario=SCENARIO,
    verifies=(
        "EWS-MRM-006",
        "EWS-MRM-007",
        "EWS-MRM-008",
        "EWS-MRM-009",
        "EWS-MRM-010",
        "EWS-MRM-011",
        "EWS-MRM-012",
    ),
    pairings=EWS,
    needs=("exchange2016",),
)
def test_every_word_of_a_reminder_by_mail_is_kept(scene: Scene) -> None:
    changes = _kept(scene, *(_reminder(place, "true", change=word) for place, word in enumerate(_CHANGES.values(), 1)))
    for requirement, word, one in zip(_CHANGES, _CHANGES.values(), changes, strict=False):
        scene.expect(requirement, "OccurrenceChange", one.text("t:OccurrenceChange")).equals(word)
    options = _kept(scene, *(_reminder(place, "true", option=word) for place, word in enumerate(_OPTIONS.values(), 1)))
    for requirement, word, one in zip(_OPTIONS, _OPTIONS.values(), options, strict=False):
        scene.expect(requirement, "SendOption", one.text("t:SendOption")).equals(word)
