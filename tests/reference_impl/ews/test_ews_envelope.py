"""Envelopes, versions, faults: what a request must look like, and what happens to one that does not."""

import logging

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import etree

from reference_impl.ews.namespaces import ERRORS, MESSAGES, SOAP, TYPES, s, t
from reference_impl.schemas import Direction, ews_schema
from reference_impl.service.settings import Settings

FOLDER = (
    "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
    '<m:FolderIds><t:DistinguishedFolderId Id="inbox"/></m:FolderIds></m:GetFolder>'
)


def valid_fault(answer, version="Exchange2016"):
    schema = ews_schema(version, Direction.FAULT)
    assert schema.validate(answer.root), schema.error_log
    return answer.fault


def test_an_answer_is_utf8_xml_with_the_servers_version(organizer):
    answer = organizer(FOLDER)
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    info = answer.one("ServerVersionInfo")
    assert dict(info.attrib) == {
        "MajorVersion": "15",
        "MinorVersion": "1",
        "MajorBuildNumber": "2507",
        "MinorBuildNumber": "6",
        "Version": "V2017_07_11",
    }


def test_the_schema_version_of_the_server_is_told_since_2010(organizer):
    assert organizer.at("Exchange2007_SP1")(FOLDER).one("ServerVersionInfo").get("Version") is None
    assert organizer.at("Exchange2010")(FOLDER).one("ServerVersionInfo").get("Version") == "V2017_07_11"


@pytest.mark.parametrize("settings", [Settings(server_version="14.3.123.4", newest_schema="Exchange2010_SP2")])
class TestAnOlderServer:
    def test_it_tells_its_build_and_its_newest_schema(self, organizer):
        assert dict(organizer.at("Exchange2010_SP2")(FOLDER).one("ServerVersionInfo").attrib) == {
            "MajorVersion": "14",
            "MinorVersion": "3",
            "MajorBuildNumber": "123",
            "MinorBuildNumber": "4",
            "Version": "Exchange2010_SP2",
        }

    def test_it_refuses_the_versions_that_came_later(self, organizer):
        answer = organizer.at("Exchange2013")(FOLDER)
        assert valid_fault(answer) == "ErrorInvalidServerVersion"
        assert "speaks Exchange2010_SP2 at most" in answer.body.decode()


def test_prefixes_and_declarations_are_free(organizer):
    body = (
        f'<?xml version="1.0"?><a:Envelope xmlns:a="{SOAP}"><a:Body><GetFolder xmlns="{MESSAGES}" xmlns:q="{TYPES}">'
        "<FolderShape><q:BaseShape>IdOnly</q:BaseShape></FolderShape><!-- a comment --><FolderIds>"
        '<q:DistinguishedFolderId Id="inbox"/></FolderIds></GetFolder></a:Body></a:Envelope>'
    ).encode()
    assert organizer.post(body).code == "NoError"
    assert organizer.post(body.decode().encode("utf-16")).code == "NoError"


def test_a_request_without_a_version_is_one_of_2007(organizer, tools):
    zone = '<t:StartTimeZone Id="UTC"/>'
    request = tools.create_request(sending="SendToNone", inner="", after=zone)
    assert organizer.at("Exchange2010")(request).code == "NoError"
    for version in (None, "Exchange2007_SP1"):
        assert organizer.at(version)(request).fault == "ErrorSchemaValidation"


@pytest.mark.parametrize("version", ["Exchange2099", "", "exchange2013", "V2_22"])
def test_an_unknown_version_is_a_fault(organizer, version):
    answer = organizer.post(organizer.at(version).envelope(FOLDER))
    assert valid_fault(answer) == "ErrorInvalidServerVersion"


MALFORMED = {
    "nothing": b"",
    "blanks": b"   \n",
    "no xml": b"hello",
    "an open tag": b"<a><b></a>",
    "an undeclared prefix": b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><t:X/></s:Body></s:Envelope>',
    "bytes that are no UTF-8": b"<a>\xff\xfe</a>",
    "an empty body": f'<s:Envelope xmlns:s="{SOAP}"><s:Body/></s:Envelope>'.encode(),
    "no body": f'<s:Envelope xmlns:s="{SOAP}"/>'.encode(),
    "only text in the body": f'<s:Envelope xmlns:s="{SOAP}"><s:Body>x</s:Body></s:Envelope>'.encode(),
    "a very deep tree": b"<a>" * 5000 + b"</a>" * 5000,
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_no_request_is_an_invalid_one(organizer, name):
    assert valid_fault(organizer.post(MALFORMED[name])) == "ErrorInvalidRequest"


def test_an_action_without_an_operation_is_named_in_the_fault(organizer):
    answer = organizer.post(MALFORMED["an empty body"], soapaction=f'"{MESSAGES}/GetItem"')
    assert valid_fault(answer) == "ErrorInvalidRequest"
    assert "/GetItem" in answer.root.findtext(f".//{{{ERRORS}}}Message")


def test_the_operation_is_chosen_by_the_body_not_by_the_action(organizer):
    assert organizer.post(organizer.envelope(FOLDER), soapaction="Nonsense").code == "NoError"


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;&x;">]><a>&z;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>',
        b"<!DOCTYPE a><a/>",
    ],
)
def test_document_types_and_entities_are_not_read(organizer, body):
    answer = organizer.post(body)
    assert valid_fault(answer) == "ErrorSchemaValidation"
    assert b"root:" not in answer.body


def test_an_entity_inside_a_valid_request_changes_nothing(organizer, everything):
    before = everything()
    body = b'<!DOCTYPE x [<!ENTITY e "text">]>' + organizer.envelope(FOLDER).replace(b"IdOnly", b"&e;")
    assert valid_fault(organizer.post(body)) in {"ErrorSchemaValidation", "ErrorInvalidRequest"}
    assert everything() == before


@pytest.mark.parametrize("wrong", [SOAP, MESSAGES, TYPES])
def test_a_wrong_namespace_is_refused(organizer, wrong):
    body = organizer.envelope(FOLDER).decode().replace(wrong, wrong.replace("http:", "https:"))
    assert valid_fault(organizer.post(body.encode())) == "ErrorSchemaValidation"


def test_an_unknown_operation_is_a_fault_that_names_the_known_ones(organizer):
    answer = organizer("<m:MakeCoffee/>")
    assert answer.fault == "ErrorSchemaValidation"
    assert "MakeCoffee" in answer.root.findtext(f".//{{{ERRORS}}}Message")
    assert "CreateItem" in answer.text("Violation")


def test_a_second_operation_in_the_body_is_refused(organizer):
    assert organizer(FOLDER + FOLDER).fault == "ErrorSchemaValidation"


def test_an_operation_younger_than_the_version_is_refused(organizer):
    zones = "<m:GetServerTimeZones/>"
    assert organizer.at("Exchange2007_SP1")(zones).fault == "ErrorSchemaValidation"
    assert organizer.at("Exchange2010")(zones).code == "NoError"


def test_a_schema_fault_tells_the_place_and_the_reason(organizer):
    body = organizer.envelope("\n\n" + FOLDER.replace("IdOnly", "Everything"))
    answer = organizer.post(body)
    assert valid_fault(answer) == "ErrorSchemaValidation"
    fault = answer.root.find(f"{s('Body')}/{s('Fault')}")
    assert fault.findtext("faultcode") == "t:ErrorSchemaValidation"
    assert fault.nsmap["t"] == TYPES
    assert answer.text("LineNumber") == "3"
    assert int(answer.text("LinePosition")) >= 1
    assert "Everything" in answer.text("Violation")
    assert [child.tag for child in fault.find("detail")] == [
        f"{{{ERRORS}}}ResponseCode",
        f"{{{ERRORS}}}Message",
        t("MessageXml"),
    ]


SCHEMA_ERRORS = {
    "elements out of order": lambda text: text.replace(
        "<t:Start>2026-06-25T10:00:00Z</t:Start><t:End>2026-06-25T11:00:00Z</t:End>",
        "<t:End>2026-06-25T11:00:00Z</t:End><t:Start>2026-06-25T10:00:00Z</t:Start>",
    ),
    "an undefined enumeration value": lambda text: text.replace("SendToNone", "SendToSome"),
    "an empty attendee list": lambda text: text.replace("</t:End>", "</t:End><t:RequiredAttendees/>"),
    "an unknown element": lambda text: text.replace("</t:End>", "</t:End><t:Colour>red</t:Colour>"),
    "a time that is none": lambda text: text.replace("2026-06-25T10:00:00Z", "yesterday"),
    "a reminder too far away": lambda text: text.replace(
        "</t:Subject>", "</t:Subject><t:ReminderMinutesBeforeStart>2629801</t:ReminderMinutesBeforeStart>"
    ),
    "a recurrence, which is not described": lambda text: text.replace("</t:End>", "</t:End><t:Recurrence/>"),
    "text between elements": lambda text: text.replace("</t:Subject>", "</t:Subject>loose"),
    "an unknown attribute": lambda text: text.replace("<t:CalendarItem>", '<t:CalendarItem colour="red">'),
}


@pytest.mark.parametrize("name", SCHEMA_ERRORS)
def test_a_request_outside_the_schema_is_refused_and_changes_nothing(organizer, tools, everything, name):
    before = everything()
    request = SCHEMA_ERRORS[name](tools.create_request(sending="SendToNone"))
    assert organizer(request).fault == "ErrorSchemaValidation"
    assert everything() == before


def test_the_reserved_reminder_value_leaves_the_reminder_alone(organizer, tools):
    reminder = "<t:ReminderMinutesBeforeStart>1525252321</t:ReminderMinutesBeforeStart>"
    (item_id,) = organizer(tools.create_request(sending="SendToNone", before=reminder)).ids("CalendarItem")
    assert organizer.get(item_id).text("ReminderMinutesBeforeStart") == "15"


PIECES = st.sampled_from(
    [
        "<m:GetItem>",
        "</m:GetItem>",
        "<m:ItemIds/>",
        '<t:ItemId Id=""/>',
        '<t:ItemId Id="AAAA"/>',
        "<t:Start>0001-01-01T00:00:00Z</t:Start>",
        "<t:Start>9999-12-31T23:59:59-14:00</t:Start>",
        "<t:End>-0500-01-01T00:00:00</t:End>",
        "<m:Items>",
        "</m:Items>",
        "<t:CalendarItem>",
        "</t:CalendarItem>",
        '<m:CreateItem SendMeetingInvitations="SendToNone">',
        "</m:CreateItem>",
        "&amp;",
        "&#0;",
        "<![CDATA[<x>]]>",
        "<!-- -->",
        "text",
    ]
)


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, max_size=12).map("".join))
def test_whatever_is_sent_the_answer_is_soap(organizer, pieces):
    answer = organizer.post(organizer.envelope(pieces))
    assert answer.status in {200, 500}
    if answer.status == 500:
        assert valid_fault(answer) in {"ErrorSchemaValidation", "ErrorInvalidRequest"}


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_any_bytes_are_answered_by_a_fault(organizer, body):
    assert valid_fault(organizer.post(body)) in {"ErrorSchemaValidation", "ErrorInvalidRequest"}


def test_an_unforeseen_failure_is_an_internal_error_in_the_log(organizer, monkeypatch, caplog):
    def broken(*_arguments):
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr("reference_impl.ews.folders.folders.get_folder", broken)
    with caplog.at_level(logging.ERROR):
        answer = organizer(FOLDER)
    assert answer.fault == "ErrorInternalServerError"
    assert b"disk" not in answer.body
    assert "disk is gone" in caplog.text


def test_faults_are_well_formed_whatever_they_quote(organizer):
    answer = organizer('<m:GetFolder a="&lt;&amp;&quot;]]&gt;"/>')
    assert answer.fault == "ErrorSchemaValidation"
    assert isinstance(etree.tostring(answer.root), bytes)


@pytest.mark.requirement("EWS-MTG-016")
@pytest.mark.parametrize("asked", ["Exchange2007_SP1", "Exchange2010", "Exchange2016"])
def test_a_fault_may_come_without_a_header(organizer, asked):
    answer = organizer.at(asked)("<m:GetItem/>")
    assert answer.fault == "ErrorSchemaValidation"
    answer.root.remove(answer.root.find(s("Header")))
    assert ews_schema(asked, Direction.FAULT).validate(answer.root)
