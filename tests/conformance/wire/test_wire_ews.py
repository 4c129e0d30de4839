"""EWS bodies are parsed without surprises, and say what they ask and answer."""

import pytest

from conformance.model.exchange import Request
from conformance.wire import ews
from conformance.wire.ews import NotXml

ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
    ' xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">'
    "<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
)
SERVER = '<t:ServerVersionInfo MajorVersion="15"/>'


def soap(body, header=SERVER):
    return ENVELOPE.format(header=header, body=body).encode()


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("<m:CreateItem/>", "CreateItem"),
        ("<m:CreateItemResponse/>", "CreateItem"),
        ("<m:GetUserAvailabilityRequest/>", "GetUserAvailability"),
        ("<m:GetUserAvailabilityResponse/>", "GetUserAvailability"),
        ("<!-- first --><m:FindItem/>", "FindItem"),
        ("<s:Fault/>", "Fault"),
        ('<MadeUp xmlns="urn:x"/>', "MadeUp"),
        ("", ""),
    ],
)
def test_the_operation_is_the_bodys_first_child(body, name):
    assert ews.operation(soap(body)) == name


@pytest.mark.parametrize("body", [b"", b"<a/>", b"{}", b"<s:Envelope", b"\xff\xfe<"])
def test_what_is_no_envelope_has_no_operation(body):
    assert ews.operation(body) == ""
    with pytest.raises(NotXml):
        ews.envelope(body)


@pytest.mark.parametrize(
    ("header", "version"),
    [
        ('<t:RequestServerVersion Version="Exchange2013_SP1"/>', "Exchange2013_SP1"),
        ('<t:MailboxCulture>de</t:MailboxCulture><t:RequestServerVersion Version="V2017_07_11"/>', "V2017_07_11"),
        ('<RequestServerVersion xmlns="urn:x" Version="Exchange2010"/>', "Exchange2007"),
        ("<t:RequestServerVersion/>", "Exchange2007"),
        ("", "Exchange2007"),
    ],
)
def test_the_requested_version_stands_in_the_header(header, version):
    assert ews.envelope(soap("<m:GetItem/>", header)).version == version


BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE a><a/>",
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>',
        b'<!DOCTYPE a [<!ENTITY e "boo">]><a b="&e;"/>',
        f'<!DOCTYPE a [<!ENTITY a0 "lol">{BOMB}]><a>&a11;</a>'.encode(),
        '<!DOCTYPE a [<!ENTITY e "boo">]><a>&e;</a>'.encode("utf-16"),
        b"<a>&undeclared;</a>",
        b"<a><b></a>",
        b'<?xml version="1.0" encoding="no-such"?><a/>',
    ],
)
def test_document_types_entities_and_broken_xml_are_refused_with_a_line(body):
    with pytest.raises(NotXml, match=r"^line \d+: "):
        ews.parse(body)


def test_a_document_type_inside_character_data_is_only_text():
    root = ews.parse(soap("<m:x><![CDATA[<!DOCTYPE html><p>&nbsp;</p>]]></m:x>"))
    assert "<!DOCTYPE html>" in "".join(root.itertext())


def test_response_messages_are_read_in_order_with_class_and_code():
    body = soap(
        "<m:DeleteItemResponse><m:ResponseMessages>"
        '<m:DeleteItemResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
        "</m:DeleteItemResponseMessage>"
        '<m:DeleteItemResponseMessage ResponseClass="Error"><m:MessageText>gone</m:MessageText>'
        "<m:ResponseCode>ErrorItemNotFound</m:ResponseCode></m:DeleteItemResponseMessage>"
        "</m:ResponseMessages></m:DeleteItemResponse>"
    )
    told = [(each.name, each.response_class, each.code, each.text) for each in ews.response_messages(body)]
    assert told == [
        ("DeleteItemResponseMessage", "Success", "NoError", ""),
        ("DeleteItemResponseMessage", "Error", "ErrorItemNotFound", "gone"),
    ]


def test_availability_has_its_response_messages_inside():
    one = (
        '<m:FreeBusyResponse><m:ResponseMessage ResponseClass="{}"><m:ResponseCode>{}</m:ResponseCode>'
        "</m:ResponseMessage></m:FreeBusyResponse>"
    )
    body = soap(
        "<m:GetUserAvailabilityResponse><m:FreeBusyResponseArray>"
        + one.format("Success", "NoError")
        + one.format("Error", "ErrorMailRecipientNotFound")
        + "</m:FreeBusyResponseArray></m:GetUserAvailabilityResponse>"
    )
    assert [each.code for each in ews.response_messages(body)] == ["NoError", "ErrorMailRecipientNotFound"]


def test_a_fault_is_read_in_its_modern_and_its_first_shape():
    modern = soap(
        "<s:Fault><faultcode>a:ErrorSchemaValidation</faultcode><faultstring>bad</faultstring><detail>"
        "<e:ResponseCode>ErrorSchemaValidation</e:ResponseCode><e:Message>invalid</e:Message>"
        "<t:MessageXml><t:LineNumber>3</t:LineNumber><t:LinePosition>7</t:LinePosition><t:Violation>no x</t:Violation>"
        "</t:MessageXml></detail></s:Fault>"
    )
    assert ews.fault(modern) == ews.Fault(
        "ErrorSchemaValidation", "bad", "ErrorSchemaValidation", "invalid", 3, 7, "no x"
    )
    first = soap(
        "<s:Fault><faultcode>s:Client</faultcode><faultstring>bad</faultstring><detail><e:ResponseCode>X</e:ResponseCode>"
        "<e:Line>1</e:Line><e:Position>2</e:Position></detail></s:Fault>"
    )
    assert ews.fault(first) == ews.Fault("Client", "bad", "X", "", 1, 2)
    assert ews.fault(soap("<m:GetItemResponse/>")) is None


def test_the_endpoint_is_known_in_any_case():
    assert ews.is_ews(Request("POST", "https://a/ews/exchange.ASMX?x=1"))
    assert not ews.is_ews(Request("POST", "https://a/EWS/Services.wsdl"))


def test_a_streamed_answer_is_taken_apart_by_its_envelopes():
    one, two = soap("<m:GetStreamingEventsResponse/>"), b"<Envelope>2</Envelope >"
    assert ews.first_document(one[:-3]) is None
    assert ews.first_document(one + two[:4]) == (one, two[:4])
    assert ews.documents(one + b"\n" + two + b" \n") == (one, b"\n" + two)
    assert ews.documents(one + b"<rest") == (one, b"<rest")
    assert ews.documents(b"") == ()
