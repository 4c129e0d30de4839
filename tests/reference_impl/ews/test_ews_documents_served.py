"""Services.wsdl and the schemas beside it, as a client without knowledge of EWS would read them."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from lxml import etree

from reference_impl.ews.documents import _HEADERS, DocumentsEndpoint
from reference_impl.ews.namespaces import MESSAGES, TYPES
from reference_impl.ews.operations.registry import OPERATIONS
from reference_impl.ews.versions import version
from reference_impl.http import HttpRequest
from reference_impl.server import Options, application

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
USER = ("organizer0@example.com", "meetproof")
ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange'
    '/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Header>'
    '<t:RequestServerVersion Version="Exchange2016"/></s:Header><s:Body>{}</s:Body></s:Envelope>'
)
MEETING = (
    '<m:CreateItem SendMeetingInvitations="SendToAllAndSaveCopy"><m:Items><t:CalendarItem><t:Subject>Budget</t:Subject>'
    "<t:Start>2026-06-25T10:00:00Z</t:Start><t:End>2026-06-25T11:00:00Z</t:End><t:RequiredAttendees><t:Attendee>"
    "<t:Mailbox><t:EmailAddress>attendee0@example.com</t:EmailAddress></t:Mailbox></t:Attendee></t:RequiredAttendees>"
    "</t:CalendarItem></m:Items></m:CreateItem>"
)
FIND = (
    '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape>'
    '<m:ParentFolderIds><t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds></m:FindItem>'
)
ZONES = "<m:GetServerTimeZones/>"


@pytest.fixture(scope="module")
def call():
    app = application(Options(seed="documents"))

    def send(method, path, **options):
        async def talk():
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="https://mail.test:8443", auth=USER) as client:
                return await client.request(method, path, **options)

        return asyncio.run(talk())

    yield send
    app.world.store.close()


@pytest.fixture(scope="module")
def folder(call, tmp_path_factory):
    """The three files, side by side."""
    made = tmp_path_factory.mktemp("documents")
    for name in ("Services.wsdl", "types.xsd", "messages.xsd"):
        answer = call("GET", f"/EWS/{name}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
        (made / name).write_bytes(answer.content)
    return made


@pytest.fixture(scope="module")
def wsdl(folder):
    return etree.parse(str(folder / "Services.wsdl")).getroot()


@pytest.fixture(scope="module")
def schema(folder):
    return etree.XMLSchema(etree.parse(str(folder / "messages.xsd")))


def declared(folder, name):
    root = etree.parse(str(folder / name)).getroot()
    return root, {element.get("name") for element in root.findall("{http://www.w3.org/2001/XMLSchema}element")}


def test_two_schemas_are_all_there_is(folder, schema):
    """messages.xsd imports types.xsd from beside it; neither names another file."""
    locations = {}
    for name in ("types.xsd", "messages.xsd"):
        root, _ = declared(folder, name)
        locations[name] = [found for element in root.iter() if (found := element.get("schemaLocation"))]
        assert "urn:meetproof" not in (folder / name).read_text()
        assert not list(root.iter("{http://www.w3.org/2001/XMLSchema}group")), "not every client knows groups"
    assert locations == {"types.xsd": [], "messages.xsd": ["types.xsd"]}


def test_the_wsdl_imports_the_messages(wsdl):
    (imported,) = wsdl.iter("{http://www.w3.org/2001/XMLSchema}import")
    assert (imported.get("namespace"), imported.get("schemaLocation")) == (MESSAGES, "messages.xsd")


def test_every_operation_is_bound_to_elements_that_exist(folder, wsdl):
    _, messages = declared(folder, "messages.xsd")
    _, types = declared(folder, "types.xsd")
    names = [element.get("name") for element in wsdl.find(f"{WSDL}portType")]
    assert [element.get("name") for element in wsdl.find(f"{WSDL}binding").iter(f"{WSDL}operation")] == names
    assert len(names) == len(OPERATIONS)
    parts = {
        message.get("name"): {part.get("name"): part.get("element") for part in message}
        for message in wsdl.iter(f"{WSDL}message")
    }
    elements = {f"tns:{name}" for name in messages} | {f"t:{name}" for name in types}
    for name in names:
        assert parts[f"{name}SoapIn"]["request"] in {f"tns:{name}", f"tns:{name}Request"}
        assert parts[f"{name}SoapOut"][f"{name}Result"] == f"tns:{name}Response"
        assert set(parts[f"{name}SoapIn"].values()) | set(parts[f"{name}SoapOut"].values()) <= elements
    for header in wsdl.iter(f"{SOAP}header"):
        assert header.get("part") in parts[header.get("message").removeprefix("tns:")]
    assert {f"t:{name}" for name in _HEADERS} <= elements


def test_actions_are_the_operations_names_but_for_one(wsdl):
    operations = wsdl.find(f"{WSDL}binding").findall(f"{WSDL}operation")
    actions = {each.get("name"): each.find(f"{SOAP}operation").get("soapAction") for each in operations}
    expected = {name: f"{MESSAGES}/{name}" for name in actions}
    if "GetStreamingEvents" in expected:
        expected["GetStreamingEvents"] = f"{MESSAGES}/GetEvents"
    assert actions == expected


def test_the_endpoint_is_where_the_client_asked(call, wsdl):
    assert next(wsdl.iter(f"{SOAP}address")).get("location") == "https://mail.test:8443/EWS/Exchange.asmx"
    answer = call("GET", "/ews/services.WSDL", headers={"Host": 'odd"&<host'})
    location = next(etree.fromstring(answer.content).iter(f"{SOAP}address")).get("location")
    assert location == 'https://odd"&<host/EWS/Exchange.asmx'


@pytest.mark.parametrize("request_", [MEETING, FIND, ZONES], ids=["CreateItem", "FindItem", "GetServerTimeZones"])
def test_what_travels_is_what_the_schemas_say(call, schema, request_):
    envelope = ENVELOPE.format(request_)
    answer = call("POST", "/EWS/Exchange.asmx", content=envelope, headers={"Content-Type": "text/xml"})
    assert answer.status_code == 200, answer.text
    for text in (envelope.encode(), answer.content):
        (content,) = etree.fromstring(text).find("{http://schemas.xmlsoap.org/soap/envelope/}Body")
        assert schema.validate(etree.fromstring(etree.tostring(content))), schema.error_log


def test_a_wrong_message_is_not_what_the_schemas_say(schema):
    assert not schema.validate(etree.fromstring(f'<m:GetItem xmlns:m="{MESSAGES}"/>'))
    assert not schema.validate(etree.fromstring(f'<t:Nothing xmlns:t="{TYPES}"/>'))


@pytest.mark.parametrize("name", ["Services.wsdl", "types.xsd", "messages.xsd"])
def test_the_documents_are_for_people_with_mailboxes(call, name):
    assert call("GET", f"/EWS/{name}", auth=("organizer0@example.com", "wrong")).status_code == 401
    assert call("POST", f"/EWS/{name}").status_code == 405
    assert call("HEAD", f"/ews/{name.lower()}").status_code == 200


def test_an_older_server_describes_what_it_has():
    endpoint = DocumentsEndpoint(version("Exchange2007"))
    wsdl, messages = (
        etree.fromstring(endpoint.answer(HttpRequest("GET", f"/EWS/{name}")).body)
        for name in ("Services.wsdl", "messages.xsd")
    )
    xs = "{http://www.w3.org/2001/XMLSchema}"
    defined = {element.get("name") for element in messages.iterfind(f"{xs}element")}
    used = {part.get("element") for part in wsdl.iter(f"{WSDL}part")}
    assert {name.removeprefix("tns:") for name in used if name.startswith("tns:")} <= defined
    operations = {operation.get("name") for operation in wsdl.iterfind(f"{WSDL}portType/{WSDL}operation")}
    assert "GetItem" in operations
    assert not operations & {"GetRoomLists", "GetServerTimeZones", "GetReminders"}
    assert not used & {"t:DateTimePrecision", "t:ManagementRole"}
