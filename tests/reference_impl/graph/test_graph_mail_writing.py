"""Mail written over Graph: drafts, sending, replies and forwards, moves and copies, in JSON and in MIME."""

from __future__ import annotations

import base64
from email import message_from_bytes

import pytest

ALEX, ADELE, THIRD = "AlexW@contoso.com", "AdeleV@contoso.com", "attendee0@example.com"
MESSAGES = "/v1.0/me/messages"


def people(*addresses: str) -> list[dict]:
    return [{"emailAddress": {"address": address}} for address in addresses]


def addresses(shown: list[dict]) -> list[str]:
    return [each["emailAddress"]["address"] for each in shown]


def letter(**members) -> dict:
    body = {"contentType": "text", "content": "How are you?"}
    return {"subject": "Hello", "body": body, "toRecipients": people(ADELE), **members}


def inside(caller, folder: str) -> list[dict]:
    return caller.get(f"/v1.0/me/mailFolders/{folder}/messages?$top=100")["value"]


def state(office) -> dict:
    """All that the three people have in their folders of mail."""
    callers = (office.alex, office.adele, office.caller(THIRD))
    places = ("inbox", "drafts", "sentitems", "deleteditems")
    return {(caller.actor.address, place): inside(caller, place) for caller in callers for place in places}


@pytest.fixture
def received(office) -> dict:
    """A letter from Alex in Adele's Inbox, which a third person has got too."""
    sent = office.alex.post("/v1.0/me/sendMail", {"message": letter(ccRecipients=people(THIRD))})
    assert sent.status == 202
    return inside(office.adele, "inbox")[0]


def test_a_message_is_drafted_changed_and_sent(office):
    draft = office.alex.post(MESSAGES, letter(importance="High", categories=["Red"]))
    assert (draft.status, draft["isDraft"], draft["importance"]) == (201, True, "high")
    assert draft.headers["location"].endswith(f"/messages('{draft['id']}')")
    assert draft["parentFolderId"] == office.alex.get("/v1.0/me/mailFolders/drafts")["id"]
    change = {
        "subject": "Hello again",
        "ccRecipients": people(THIRD),
        "bccRecipients": people("blind@elsewhere.test"),
        "replyTo": people("secretary@contoso.com"),
        "isDeliveryReceiptRequested": True,
        "inferenceClassification": "other",
    }
    changed = office.alex.patch(f"{MESSAGES}/{draft['id']}", change)
    assert (changed["subject"], changed["inferenceClassification"]) == ("Hello again", "other")
    assert addresses(changed["replyTo"]) == ["secretary@contoso.com"]
    assert office.adele.get(MESSAGES)["value"] == []
    assert office.alex.post(f"{MESSAGES}/{draft['id']}/send").status == 202
    assert inside(office.alex, "drafts") == []
    (sent,) = inside(office.alex, "sentitems")
    assert (sent["isDraft"], sent["isDeliveryReceiptRequested"]) == (False, True)
    assert addresses(sent["bccRecipients"]) == ["blind@elsewhere.test"]
    (got,) = inside(office.adele, "inbox")
    assert (got["subject"], got["isRead"], got["bccRecipients"]) == ("Hello again", False, [])
    assert (addresses(got["toRecipients"]), addresses(got["ccRecipients"])) == ([ADELE], [THIRD])
    assert got["sender"] == got["from"]
    assert got["from"]["emailAddress"]["address"] == ALEX
    assert office.alex.post(f"{MESSAGES}/{sent['id']}/send").code == "ErrorInvalidRequest"


def test_a_draft_is_made_in_the_folder_that_the_path_names(office):
    key = office.alex.post("/v1.0/me/mailFolders/inbox/messages", letter())["id"]
    assert [each["id"] for each in inside(office.alex, "inbox")] == [key]


@pytest.mark.parametrize("saves", [None, True, "true", False, "false"])
def test_mail_is_sent_and_a_copy_is_kept_unless_it_is_not_wanted(office, saves):
    options = {} if saves is None else {"SaveToSentItems": saves}
    assert office.alex.post("/v1.0/me/microsoft.graph.sendMail", {"Message": letter(), **options}).status == 202
    assert len(inside(office.adele, "inbox")) == 1
    assert len(inside(office.alex, "sentitems")) == (0 if saves in {False, "false"} else 1)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "RequestBodyRead"),
        ({"message": letter(toRecipients=[])}, "ErrorInvalidRecipients"),
        ({"message": letter(toRecipients=people("no address"))}, "ErrorInvalidRecipients"),
        ({"message": letter(unheard="of")}, "RequestBodyRead"),
        ({"message": letter(importance="urgent")}, "RequestBodyRead"),
        ({"message": letter(**{"from": people(ADELE)[0]})}, "ErrorSendAsDenied"),
        (
            {"message": letter(internetMessageHeaders=[{"name": "Subject", "value": "x"}])},
            "InvalidInternetMessageHeader",
        ),
        (
            {"message": letter(flag={"flagStatus": "flagged", "dueDateTime": {"dateTime": "2026-01-01"}})},
            "ErrorPropertyValidationFailure",
        ),
        ({"message": letter(), "saveToSentItems": "perhaps"}, "RequestBodyRead"),
    ],
)
def test_mail_that_cannot_be_sent_leaves_nothing_anywhere(office, body, code):
    before = state(office)
    refused = office.alex.post("/v1.0/me/sendMail", body)
    assert refused.status in {400, 403}
    assert refused.code == code
    assert state(office) == before


def test_custom_headers_travel_and_are_shown_where_they_are_selected(office):
    headers = [{"name": f"x-custom-{number}", "value": f"Value {number}"} for number in range(5)]
    office.alex.post("/v1.0/me/sendMail", {"message": letter(internetMessageHeaders=headers)})
    (got,) = inside(office.adele, "inbox")
    assert "internetMessageHeaders" not in got
    shown = office.adele.get(f"{MESSAGES}/{got['id']}?$select=internetMessageHeaders")["internetMessageHeaders"]
    assert [each for each in shown if each["name"].startswith("x-")] == headers
    assert {"name": "Subject", "value": "Hello"} in shown
    more = [*headers, {"name": "x-six", "value": "6"}]
    refused = office.alex.post("/v1.0/me/sendMail", {"message": letter(internetMessageHeaders=more)})
    assert refused.code == "InvalidInternetMessageHeader"


@pytest.mark.requirement("GRAPH-MSG-018")
def test_a_reader_changes_marks_and_nothing_else(office, received):
    path = f"{MESSAGES}/{received['id']}"
    flag = {
        "flagStatus": "flagged",
        "startDateTime": {"dateTime": "2026-01-06T09:00:00", "timeZone": "UTC"},
        "dueDateTime": {"dateTime": "2026-01-07T09:00:00", "timeZone": "UTC"},
    }
    marks = {
        "isRead": True,
        "categories": ["Red", "Blue"],
        "importance": "low",
        "inferenceClassification": "other",
        "isReadReceiptRequested": True,
    }
    changed = office.adele.patch(path, {**marks, "flag": flag, "subject": "Mine", "toRecipients": people(THIRD)})
    assert {name: changed[name] for name in marks} == marks
    assert changed["flag"]["flagStatus"] == "flagged"
    assert changed["flag"]["dueDateTime"]["dateTime"] == "2026-01-07T09:00:00.0000000"
    assert (changed["subject"], addresses(changed["toRecipients"])) == ("Hello", [ADELE])
    assert office.adele.get(f"{MESSAGES}?$filter=flag/flagStatus eq 'flagged'")["value"][0]["id"] == received["id"]
    assert office.adele.get(f"{MESSAGES}?$filter=inferenceClassification eq 'focused'")["value"] == []
    done = {"flagStatus": "complete", "completedDateTime": {"dateTime": "2026-01-06T10:00:00", "timeZone": "UTC"}}
    assert "startDateTime" not in office.adele.patch(path, {"flag": done})["flag"]
    assert office.adele.patch(path, {"flag": None})["flag"] == {"flagStatus": "notFlagged"}
    before = office.adele.get(path).json
    for wrong in (
        {"flag": {"flagStatus": "complete", "startDateTime": flag["startDateTime"]}},
        {"flag": {"flagStatus": "flagged", "startDateTime": flag["dueDateTime"], "dueDateTime": flag["startDateTime"]}},
        {"flag": {"flagStatus": "someday"}},
        {"isRead": None},
    ):
        assert office.adele.patch(path, {"categories": [], **wrong}).status == 400
    assert office.adele.patch(path, {"isRead": False}, if_match='W/"stale"').code == "ErrorIrresolvableConflict"
    assert office.adele.get(path).json == before


@pytest.mark.requirement("GRAPH-MSG-018")
def test_a_meeting_request_takes_marks_too(office, invited):
    (request,) = inside(office.adele, "inbox")
    marks = {"isRead": True, "isReadReceiptRequested": True, "importance": "high", "flag": {"flagStatus": "flagged"}}
    changed = office.adele.patch(f"{MESSAGES}/{request['id']}", {**marks, "subject": "x", "location": {}})
    assert {name: changed[name] for name in marks} == marks
    assert changed["subject"] == "Lunch"


def test_a_reply_goes_to_the_sender_and_a_reply_to_all_to_everybody_else(office, received):
    assert office.adele.post(f"{MESSAGES}/{received['id']}/reply", {"Comment": "Fine <b>"}).status == 202
    (got,) = inside(office.alex, "inbox")
    assert (got["subject"], addresses(got["toRecipients"]), got["ccRecipients"]) == ("RE: Hello", [ALEX], [])
    assert got["conversationId"] == received["conversationId"]
    text = office.alex.get(f"{MESSAGES}/{got['id']}", prefer='outlook.body-content-type="text"')["body"]["content"]
    assert text.startswith("Fine <b>\r\n")
    assert "From: Alex Wilber" in text
    assert text.endswith("How are you?")
    assert office.adele.post(f"{MESSAGES}/{received['id']}/replyAll", {"comment": "All"}).status == 202
    (got, _) = inside(office.alex, "inbox")
    assert (addresses(got["toRecipients"]), addresses(got["ccRecipients"])) == ([ALEX], [THIRD])
    assert [each["subject"] for each in inside(office.caller(THIRD), "inbox")] == ["RE: Hello", "Hello"]
    assert [each["subject"] for each in inside(office.adele, "sentitems")] == ["RE: Hello", "RE: Hello"]


def test_a_reply_may_say_more_of_itself(office, received):
    message = {
        "subject": "Other",
        "toRecipients": people(THIRD),
        "importance": "high",
        "body": {"contentType": "html", "content": "<p>New</p>"},
    }
    assert office.adele.post(f"{MESSAGES}/{received['id']}/reply", {"message": message}).status == 202
    assert inside(office.alex, "inbox") == []
    got = inside(office.caller(THIRD), "inbox")[0]
    assert (got["subject"], got["importance"]) == ("Other", "high")
    assert "<p>New</p>" in got["body"]["content"]
    assert "How are you?" in got["body"]["content"]


def test_a_forward_goes_to_whom_it_names_with_what_it_forwards(office, received):
    path = f"{MESSAGES}/{received['id']}/forward"
    assert office.adele.post(path, {"ToRecipients": people(ALEX), "Comment": "See"}).status == 202
    (got,) = inside(office.alex, "inbox")
    assert (got["subject"], "How are you?" in got["body"]["content"]) == ("FW: Hello", True)
    assert office.adele.post(path, {"message": {"toRecipients": people(ALEX)}}).status == 202
    before = state(office)
    both = {"toRecipients": people(ALEX), "message": {"toRecipients": people(ALEX)}}
    assert office.adele.post(path, both).code == "ErrorInvalidParameter"
    assert office.adele.post(path, {"comment": "to nobody"}).code == "ErrorInvalidRecipients"
    assert state(office) == before


def test_a_forwarded_request_arrives_as_one(office, invited):
    (request,) = inside(office.adele, "inbox")
    assert office.adele.post(f"{MESSAGES}/{request['id']}/forward", {"toRecipients": people(THIRD)}).status == 202
    (got,) = inside(office.caller(THIRD), "inbox")
    assert (got["@odata.type"], got["subject"]) == ("#microsoft.graph.eventMessageRequest", "FW: Lunch")
    assert inside(office.alex, "inbox")[0]["subject"] == "Meeting Forward Notification: Lunch"


@pytest.mark.parametrize(
    ("act", "subject", "to", "cc"),
    [
        ("createReply", "RE: Hello", [ALEX], []),
        ("createReplyAll", "RE: Hello", [ALEX], [THIRD]),
        ("createForward", "FW: Hello", [], []),
    ],
)
def test_an_answer_may_be_drafted_first(office, received, act, subject, to, cc):
    before = state(office)
    draft = office.adele.post(f"{MESSAGES}/{received['id']}/{act}", {"comment": "Later"})
    assert (draft.status, draft["isDraft"], draft["subject"]) == (201, True, subject)
    assert (addresses(draft["toRecipients"]), addresses(draft["ccRecipients"])) == (to, cc)
    assert "-----Original Message-----" in draft["body"]["content"]
    assert draft.headers["location"].endswith(f"/messages('{draft['id']}')")
    (kept,) = inside(office.adele, "drafts")
    assert kept["id"] == draft["id"]
    after = state(office)
    assert {place for place in before if before[place] != after[place]} == {(ADELE, "drafts")}
    office.adele.patch(f"{MESSAGES}/{draft['id']}", {"toRecipients": people(ALEX)})
    assert office.adele.post(f"{MESSAGES}/{draft['id']}/send").status == 202
    assert inside(office.alex, "inbox")[0]["subject"] == subject


def test_an_answer_without_a_body_quotes_the_original(office, received):
    draft = office.adele.post(f"{MESSAGES}/{received['id']}/createReply")
    assert (draft.status, "How are you?" in draft["body"]["content"]) == (201, True)


@pytest.mark.parametrize("act", ["reply", "replyAll", "createReply", "createReplyAll"])
def test_an_answer_has_one_text(office, received, act):
    before = state(office)
    body = {"comment": "One", "message": {"body": {"contentType": "text", "content": "Two"}}}
    assert office.adele.post(f"{MESSAGES}/{received['id']}/{act}", body).code == "ErrorInvalidParameter"
    assert state(office) == before


@pytest.mark.parametrize("act", ["reply", "replyAll", "forward", "createReply", "createReplyAll", "createForward"])
def test_a_draft_cannot_be_answered(office, act):
    key = office.alex.post(MESSAGES, letter())["id"]
    before = state(office)
    assert office.alex.post(f"{MESSAGES}/{key}/{act}", {}).code == "ErrorInvalidReferenceItem"
    assert state(office) == before


def test_a_meeting_is_answered_on_its_event_alone(office, invited):
    (request,) = inside(office.adele, "inbox")
    for act in ("accept", "decline", "tentativelyAccept"):
        assert office.adele.sent("POST", f"{MESSAGES}/{request['id']}/{act}", {}).status == 400
    assert office.alex.get(f"/v1.0/me/events/{invited[0]}")["attendees"][0]["status"]["response"] == "none"


def test_a_message_moves_under_a_new_id_and_is_copied_beside_it(office, received):
    copy = office.adele.post(f"{MESSAGES}/{received['id']}/copy", {"destinationId": "drafts"})
    assert (copy.status, copy["subject"]) == (201, "Hello")
    moved = office.adele.post(f"{MESSAGES}/{received['id']}/move", {"DestinationId": "DeletedItems"})
    assert (moved.status, moved["changeKey"] != received["changeKey"]) == (201, True)
    assert moved["parentFolderId"] == office.adele.get("/v1.0/me/mailFolders/deleteditems")["id"]
    assert office.adele.get(f"{MESSAGES}/{received['id']}").code == "ErrorItemNotFound"
    assert [each["id"] for each in inside(office.adele, "drafts")] == [copy["id"]]
    before = state(office)
    for wrong in ("calendar", "archive", "AAAA", office.alex.get("/v1.0/me/mailFolders/inbox")["id"]):
        assert office.adele.post(f"{MESSAGES}/{copy['id']}/move", {"destinationId": wrong}).status in {400, 404}
    assert state(office) == before


def test_a_message_deleted_for_good_is_nowhere(office, received):
    path = f"{MESSAGES}/{received['id']}"
    assert office.adele.post(f"{path}/permanentDelete", if_match='W/"stale"').code == "ErrorIrresolvableConflict"
    assert office.adele.post(f"{path}/permanentDelete").status == 204
    assert office.adele.get(MESSAGES)["value"] == []
    assert office.adele.post(f"{path}/permanentDelete").code == "ErrorItemNotFound"


def mime(**headers: str) -> bytes:
    lines = [*(f"{name}: {value}" for name, value in headers.items()), "", "Written by hand", ""]
    return base64.b64encode("\r\n".join(lines).encode())


def test_mail_comes_and_goes_in_mime(office):
    text = mime(To=ADELE, Subject="By hand", **{"X-Mine": "yes"})
    for path in ("/v1.0/me/sendMail", MESSAGES):
        answer = office.alex("POST", path, text, content_type="text/plain")
        assert answer.status == (202 if path.endswith("sendMail") else 201)
    (got,) = inside(office.adele, "inbox")
    assert (got["subject"], got["from"]["emailAddress"]["address"]) == ("By hand", ALEX)
    assert inside(office.alex, "drafts")[0]["subject"] == "By hand"
    raw = office.adele.get(f"{MESSAGES}/{got['id']}/$value")
    parsed = message_from_bytes(raw.body)
    assert (parsed["Subject"], parsed["X-Mine"]) == ("By hand", "yes")
    assert parsed.get_payload(decode=True).strip() == b"Written by hand"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"no base64!", "ErrorMimeContentInvalidBase64String"),
        (base64.b64encode(b"\r\n\r\nno headers"), "ErrorMimeContentInvalid"),
        (b"", "BadRequest"),
        (mime(Subject="To nobody"), "ErrorInvalidRecipients"),
    ],
)
def test_mime_that_is_no_mail_is_refused(office, body, code):
    before = state(office)
    assert office.alex("POST", "/v1.0/me/sendMail", body, content_type="text/plain").code == code
    assert state(office) == before


@pytest.mark.parametrize(
    ("method", "path", "held", "status"),
    [
        ("POST", "/v1.0/me/sendMail", "Mail.ReadWrite", 403),
        ("POST", "/v1.0/me/sendMail", "Mail.Send", 400),
        ("POST", MESSAGES, "Mail.Send", 403),
        ("POST", MESSAGES, "Mail.ReadWrite", 400),
        ("GET", MESSAGES, "Mail.Send", 403),
    ],
)
def test_writing_and_sending_need_permissions_of_their_own(office, method, path, held, status):
    caller = office.caller(ALEX, scopes=frozenset({held}))
    assert caller.sent(method, path, {"nothing": "good"} if method == "POST" else None).status == status


def test_a_delegate_sends_for_another_and_others_do_not(office):
    from reference_impl.domain.mailbox import FolderRole
    from reference_impl.domain.permissions import Level
    from reference_impl.service.delegates import DelegateChange, add_delegate

    delegate = office.caller(THIRD)
    change = DelegateChange(levels={FolderRole.CALENDAR: Level.EDITOR})
    add_delegate(office.world, office.alex.actor, delegate.actor, change)
    assert delegate.post(f"/v1.0/users/{ALEX}/sendMail", {"message": letter()}).status == 202
    (got,) = inside(office.adele, "inbox")
    assert {name: got[name]["emailAddress"]["address"] for name in ("from", "sender")} == {
        "from": ALEX,
        "sender": THIRD,
    }
    assert office.adele.post(f"/v1.0/users/{ALEX}/sendMail", {"message": letter()}).status == 403
    assert len(inside(office.adele, "inbox")) == 1
