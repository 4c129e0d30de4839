"""The founding documents' messages, as printed (true namespaces, an envelope, living ids) and as corrected."""

import re
from pathlib import Path

import pytest
from lxml import etree

from reference_impl.ews.namespaces import SOAP, TYPES, t
from reference_impl.schemas import Direction, ews_schema
from reference_impl.service.settings import Settings

DOCUMENTS = Path(__file__).parents[3] / "conformance" / "suites" / "documents"
VERSIONS = ["Exchange2007", "Exchange2010_SP2", "Exchange2013", "Exchange2013_SP1", "Exchange2016", "V2017_07_11"]


def printed(name):
    return (DOCUMENTS / name).read_text(encoding="utf-8")


def canonical(text):
    """True namespaces, and the one prefix that a fragment forgets to declare."""
    text = re.sub(r"https(?=://schemas\.(?:xmlsoap|microsoft)\.)", "http", text)
    if "t:" in text and "xmlns:t=" not in text:
        text = re.sub(r"<([A-Za-z:]+)", rf'<\1 xmlns:t="{TYPES}"', text, count=1)
    return text


def enveloped(text, header=""):
    if "Envelope" in text:
        return text
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Header>{header}</s:Header><s:Body>{text}</s:Body></s:Envelope>'


INFO = (
    f'<t:ServerVersionInfo xmlns:t="{TYPES}" MajorVersion="8" MinorVersion="0" MajorBuildNumber="665" '
    'MinorBuildNumber="7"/>'
)


def with_id(text, item_id):
    """The document's id and change key replaced by a living item's."""
    identity = item_id[item_id.index(" Id=") : item_id.index("/>")]
    return re.sub(r' Id="[^"]+"\s+ChangeKey="[^"]+"', identity, text)


SEED0, SEED2, SEED4 = "handling-meetings", "ews-propose-new-time", "availability"
VALIDITY = {
    f"{SEED0}/create-meeting.request.xml": (Direction.REQUEST, VERSIONS),
    f"{SEED0}/accept.request.xml": (Direction.REQUEST, VERSIONS),
    f"{SEED0}/remove.request.xml": (Direction.REQUEST, VERSIONS),
    f"{SEED0}/update-meeting.request.xml": (Direction.REQUEST, []),
    f"{SEED0}/update-meeting.request.corrected.xml": (Direction.REQUEST, VERSIONS),
    f"{SEED0}/create-meeting.response.xml": (Direction.ANSWER, VERSIONS),
    f"{SEED2}/get-request.request.xml": (Direction.REQUEST, VERSIONS),
    f"{SEED2}/get-request.response.xml": (Direction.ANSWER, VERSIONS[2:]),
    f"{SEED2}/accept.request.xml": (Direction.REQUEST, VERSIONS[2:]),
    f"{SEED2}/accept.response.xml": (Direction.ANSWER, VERSIONS),
    f"{SEED4}/get-user-availability.request.xml": (Direction.REQUEST, VERSIONS),
    f"{SEED4}/get-user-availability.response.xml": (Direction.ANSWER, VERSIONS),
    f"{SEED4}/get-user-availability.response.corrected.xml": (Direction.ANSWER, VERSIONS),
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", VALIDITY)
def test_printed_messages_are_valid_in_the_versions_they_belong_to(name, version):
    direction, versions = VALIDITY[name]
    header = INFO if direction is Direction.ANSWER else ""
    document = etree.fromstring(enveloped(canonical(printed(name)), header).encode())
    schema = ews_schema(version, direction)
    assert schema.validate(document) is (version in versions), schema.error_log


@pytest.mark.parametrize("name", [name for name, (direction, _) in VALIDITY.items() if direction is Direction.REQUEST])
def test_requests_with_the_printed_https_namespaces_are_refused(organizer, name):
    text = printed(name)
    if "https://schemas" not in text:
        text = text.replace("http://schemas.microsoft", "https://schemas.microsoft")
    if "xmlns:t=" not in text:
        text = re.sub(r"<([A-Za-z:]+)", rf'<\1 xmlns:t="{TYPES}"', text, count=1)
    assert organizer.post(enveloped(text).encode()).fault == "ErrorSchemaValidation"


@pytest.fixture
def walkthrough(organizer):
    """The meeting of the first document, created by its own request; its ItemId."""
    answer = organizer.post(enveloped(canonical(printed(f"{SEED0}/create-meeting.request.xml"))).encode())
    assert answer.code == "NoError"
    (item_id,) = answer.ids("CalendarItem")
    return item_id


def test_a_fragment_with_an_undeclared_prefix_is_no_xml(organizer):
    text = printed(f"{SEED0}/create-meeting.request.xml").replace("https", "http")
    assert organizer.post(enveloped(text).encode()).fault == "ErrorInvalidRequest"


def test_the_walkthrough_creates_answers_updates_and_removes(organizer, attendee, other, walkthrough, world, tools):
    second, third = (tools.speaker(world, f"attendee{number}@example.com") for number in (2, 3))
    for speaker, kind in ((attendee, "AcceptItem"), (other, "TentativelyAcceptItem"), (second, "DeclineItem")):
        request_id = speaker.only("inbox", "MeetingRequest")
        text = with_id(canonical(printed(f"{SEED0}/accept.request.xml")), request_id).replace("AcceptItem", kind)
        answer = speaker.post(enveloped(text).encode())
        assert (answer.code, answer.all("CalendarItem")) == ("NoError", [])
        assert speaker.find("deleteditems").all("MeetingRequest")
    shown = organizer.get(walkthrough)
    kinds = {
        entry.findtext(f"{t('Mailbox')}/{t('EmailAddress')}"): entry.findtext(t("ResponseType"))
        for entry in shown.all("Attendee")
    }
    assert kinds == {
        "attendee0@example.com": "Accept",
        "attendee1@example.com": "Tentative",
        "attendee2@example.com": "Decline",
        "room0@example.com": "Unknown",
    }
    assert len(shown.all("LastResponseTime")) == 3
    current = shown.ids("CalendarItem")[0]
    invalid = with_id(canonical(printed(f"{SEED0}/update-meeting.request.xml")), current)
    assert organizer.post(enveloped(invalid).encode()).fault == "ErrorSchemaValidation"
    corrected = with_id(canonical(printed(f"{SEED0}/update-meeting.request.corrected.xml")), current)
    assert organizer.post(enveloped(corrected).encode()).code == "NoError"
    lists = {
        name: [found.text for found in organizer.get(walkthrough).one(name).iter(t("EmailAddress"))]
        for name in ("RequiredAttendees", "OptionalAttendees", "Resources")
    }
    assert lists == {
        "RequiredAttendees": ["attendee0@example.com"],
        "OptionalAttendees": ["attendee2@example.com", "attendee3@example.com"],
        "Resources": ["room0@example.com"],
    }
    assert third.find("inbox").all("MeetingRequest")
    cancellation = other.only("inbox", "MeetingCancellation")
    remove = with_id(canonical(printed(f"{SEED0}/remove.request.xml")), cancellation)
    assert other.post(enveloped(remove).encode()).code == "NoError"
    assert other.find("calendar").all("CalendarItem") == []


def test_the_printed_reading_of_a_request_is_answered_in_both_forms(attendee, walkthrough):
    request_id = attendee.only("inbox", "MeetingRequest")
    for name, offers in (("get-request.request.xml", False), ("get-request.request.corrected.xml", True)):
        answer = attendee.post(with_id(canonical(printed(f"{SEED2}/{name}")), request_id).encode())
        assert answer.code == "NoError"
        assert [child.tag for child in answer.one("MeetingRequest")] == [
            t(part) for part in ("ItemId", "Subject", "ResponseObjects", "Start", "End")
        ]
        assert bool(answer.all("ProposeNewTime")) is offers


def test_the_printed_proposal_lacks_its_disposition(attendee, walkthrough, everything):
    request_id = attendee.only("inbox", "MeetingRequest")
    before = everything()
    text = with_id(canonical(printed(f"{SEED2}/accept.request.xml")), request_id)
    assert attendee.post(text.encode()).code == "ErrorMessageDispositionRequired"
    added = text.replace("<m:CreateItem>", '<m:CreateItem MessageDisposition="SendAndSaveCopy">')
    assert attendee.post(added.encode()).code == "ErrorIncorrectSchemaVersion"
    assert everything() == before


def test_the_corrected_proposal_is_answered_as_printed(organizer, attendee, walkthrough):
    request_id = attendee.only("inbox", "MeetingRequest")
    text = with_id(canonical(printed(f"{SEED2}/accept.request.corrected.xml")), request_id)
    answer = attendee.post(text.encode())
    pattern = etree.fromstring(canonical(printed(f"{SEED2}/accept.response.xml")).encode())
    body = "{*}Body"
    assert [element.tag for element in answer.root.find(body).iter()] == [
        element.tag for element in pattern.find(body).iter()
    ]
    shown = organizer.get(organizer.only("inbox", "MeetingResponse"))
    assert shown.text("ProposedStart") == "2013-11-28T04:00:00Z"


class TestOnline:
    """The Online profile takes the proposal in the version that the document prints."""

    @pytest.fixture
    def settings(self):
        return Settings.online()

    def test_the_printed_version_is_enough_there(self, attendee, walkthrough):
        request_id = attendee.only("inbox", "MeetingRequest")
        text = with_id(canonical(printed(f"{SEED2}/accept.request.xml")), request_id)
        text = text.replace("<m:CreateItem>", '<m:CreateItem MessageDisposition="SendAndSaveCopy">')
        assert attendee.post(text.encode()).code == "NoError"


def test_the_printed_availability_request_has_24_slots_and_a_lesser_view_of_others(organizer, attendee):
    for start, end, subject in (
        ("06:00", "06:30", "Accounts"),
        ("07:00", "08:00", "Groceries"),
        ("09:40", "10:10", "Doctor"),
    ):
        organizer.create(
            sending="SendToNone",
            subject=subject,
            start=f"2006-10-16T{start}:00-07:00",
            end=f"2006-10-16T{end}:00-07:00",
        )
    attendee.create(
        sending="SendToNone",
        start="2006-10-16T09:00:00-07:00",
        end="2006-10-16T10:00:00-07:00",
        inner="<t:LegacyFreeBusyStatus>Tentative</t:LegacyFreeBusyStatus>",
    )
    text = canonical(printed(f"{SEED4}/get-user-availability.request.xml"))
    unknown = organizer.post(text.encode())
    assert unknown.codes == ["ErrorMailRecipientNotFound"] * 2
    text = text.replace("user1@example.com", "organizer0@example.com").replace("user2@", "attendee0@")
    answer = organizer.post(text.encode())
    schema = ews_schema("Exchange2007", Direction.ANSWER)
    assert schema.validate(answer.root), schema.error_log
    # The printed strings contradict the printed events; these follow from the events.
    assert answer.texts("MergedFreeBusy") == ["000000220220000000000000", "000000000100000000000000"]
    assert answer.texts("FreeBusyViewType") == ["DetailedMerged", "FreeBusyMerged"]
    assert answer.texts("StartTime") == [f"2006-10-16T{hour}:00" for hour in ("06:00", "07:00", "09:40", "09:00")]
    assert answer.texts("Subject") == ["Accounts", "Groceries", "Doctor"]
