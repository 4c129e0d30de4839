"""Autodiscover in its three forms; every answer is held to the schema of its form."""

from __future__ import annotations

import json

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from reference_impl.autodiscover.pox import OUTLOOK, REQUEST, RESPONSE
from reference_impl.autodiscover.settings import UNAVAILABLE, USER
from reference_impl.autodiscover.soap import DISCOVERY, SOAP
from reference_impl.directory.population import population_of
from reference_impl.domain.copying import replace
from reference_impl.schemas import autodiscover_schema
from reference_impl.server import Options, application

ORIGIN = "https://mail.example.com"
PEOPLE = [
    {"address": "ann@example.com", "name": "Ann <A&B>"},
    {"address": "bob@example.com", "redirect": "bob@contoso.com"},
    {"address": "eve@example.com", "redirect": "https://elsewhere.example/autodiscover/autodiscover.svc"},
    {"address": "room@example.com", "kind": "room"},
    {"address": "all@example.com", "kind": "list", "members": ["ann@example.com"]},
]


@pytest.fixture(scope="module")
def app():
    options = Options(seed="discovery", mailboxes=population_of(PEOPLE, "people"), auth=["basic", "ntlm", "bearer"])
    application_ = application(options)
    yield application_
    application_.world.store.close()


@pytest.fixture(scope="module")
def call(app):
    import asyncio

    def send(method, path, **options):
        async def talk():
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
                return await client.request(method, path, **options)

        return asyncio.run(talk())

    return send


ANN = ("ann@example.com", "meetproof")


# plain old XML


def outlook(inside, schema=OUTLOOK, namespace=REQUEST):
    accepted = f"<AcceptableResponseSchema>{schema}</AcceptableResponseSchema>" if schema else ""
    return f'<Autodiscover xmlns="{namespace}"><Request>{inside}{accepted}</Request></Autodiscover>'.encode()


def pox(call, body, method="POST", path="/autodiscover/autodiscover.xml"):
    headers = {"Content-Type": "text/xml; charset=utf-8"}
    answer = call(method, path, content=body, headers=headers, auth=ANN)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    root = etree.fromstring(answer.content)
    schema = autodiscover_schema("pox-response")
    assert schema.validate(root), schema.error_log
    return root


def error(root):
    (found,) = root.iter(f"{{{RESPONSE}}}ErrorCode")
    assert found.getparent().get("Time").startswith("08:")
    return int(found.text)


@pytest.mark.parametrize("path", ["/autodiscover/autodiscover.xml", "/Autodiscover/Autodiscover.xml"])
def test_outlook_is_told_where_everything_is(call, path):
    root = pox(call, outlook("<EMailAddress>Ann@example.com</EMailAddress>"), path=path)
    user, account = root[0]
    told = {etree.QName(element).localname: element.text for element in user}
    assert (told["DisplayName"], told["AutoDiscoverSMTPAddress"]) == ("Ann <A&B>", "ann@example.com")
    assert account.findtext(f"{{{OUTLOOK}}}Action") == "settings"
    url = f"{ORIGIN}/EWS/Exchange.asmx"
    protocols = {each.findtext(f"{{{OUTLOOK}}}Type"): each for each in account.iterfind(f"{{{OUTLOOK}}}Protocol")}
    assert set(protocols) == {"EXCH", "EXPR", "WEB"}
    for kind in ("EXCH", "EXPR"):
        for name in ("ASUrl", "EwsUrl", "EmwsUrl", "OOFUrl"):
            assert protocols[kind].findtext(f"{{{OUTLOOK}}}{name}") == url
    assert [element.text for element in protocols["WEB"].iter(f"{{{OUTLOOK}}}ASUrl")] == [url, url]
    assert protocols["EXCH"].findtext(f"{{{OUTLOOK}}}ServerVersion") == "73C189CB"
    assert protocols["EXCH"].findtext(f"{{{OUTLOOK}}}AD") == "mail.example.com"
    assert protocols["EXPR"].findtext(f"{{{OUTLOOK}}}SSL") == "On"
    assert protocols["EXPR"].findtext(f"{{{OUTLOOK}}}AuthPackage") == "Ntlm"


def test_a_mailbox_is_found_by_its_legacy_name(call):
    name = pox(call, outlook("<EMailAddress>room@example.com</EMailAddress>")).findtext(f".//{{{OUTLOOK}}}LegacyDN")
    again = pox(call, outlook(f"<LegacyDN>{name.upper()}</LegacyDN>"))
    assert again.findtext(f".//{{{OUTLOOK}}}AutoDiscoverSMTPAddress") == "room@example.com"


@pytest.mark.parametrize(
    ("address", "action", "element", "target"),
    [
        ("bob@example.com", "redirectAddr", "RedirectAddr", "bob@contoso.com"),
        ("eve@example.com", "redirectUrl", "RedirectUrl", PEOPLE[2]["redirect"]),
    ],
)
def test_outlook_is_sent_on(call, address, action, element, target):
    account = pox(call, outlook(f"<EMailAddress>{address}</EMailAddress>"))[0][0]
    assert account.findtext(f"{{{OUTLOOK}}}Action") == action
    assert account.findtext(f"{{{OUTLOOK}}}{element}") == target


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (outlook("<EMailAddress>nobody@example.com</EMailAddress>"), 500),
        (outlook("<EMailAddress>all@example.com</EMailAddress>"), 500),
        (outlook("<LegacyDN>/o=Elsewhere/cn=ann</LegacyDN>"), 500),
        (b"", 600),
        (b"<Autodiscover", 600),
        (b"<other/>", 600),
        (b'<!DOCTYPE a [<!ENTITY e "x">]><Autodiscover>&e;</Autodiscover>', 600),
        (outlook(""), 600),
        (outlook("<EMailAddress/>"), 600),
        (outlook("<EMailAddress>ann@example.com</EMailAddress>", schema=""), 600),
        (outlook("<EMailAddress>ann@example.com</EMailAddress>", namespace="urn:other"), 600),
        (outlook("<EMailAddress>ann@example.com</EMailAddress>", schema=OUTLOOK.replace("outlook", "mobilesync")), 601),
    ],
)
def test_outlook_is_told_what_was_wrong(call, body, code):
    assert error(pox(call, body)) == code


def test_a_get_is_an_invalid_request(call):
    assert error(pox(call, b"", method="GET")) == 600
    assert call("PUT", "/autodiscover/autodiscover.xml", auth=ANN).status_code == 405


@settings(max_examples=100, deadline=None)
@given(junk=st.one_of(st.binary(max_size=60), st.text(max_size=30).map(outlook)))
def test_no_request_of_outlook_makes_the_server_fail(call, junk):
    assert error(pox(call, junk)) in {500, 600, 601}


# SOAP


def asked(operation, inside, version="Exchange2013"):
    header = f"<a:RequestedServerVersion>{version}</a:RequestedServerVersion>" if version else ""
    return (
        f'<s:Envelope xmlns:s="{SOAP}" xmlns:a="{DISCOVERY}" xmlns:wsa="http://www.w3.org/2005/08/addressing"><s:Header>'
        f"{header}<wsa:Action>{DISCOVERY}/Autodiscover/{operation}</wsa:Action></s:Header><s:Body>"
        f"<a:{operation}RequestMessage>{inside}</a:{operation}RequestMessage></s:Body></s:Envelope>"
    ).encode()


def users(*addresses, names=("ExternalEwsUrl",)):
    mailboxes = "".join(f"<a:User><a:Mailbox>{address}</a:Mailbox></a:User>" for address in addresses)
    wanted = "".join(f"<a:Setting>{name}</a:Setting>" for name in names)
    return f"<a:Request><a:Users>{mailboxes}</a:Users><a:RequestedSettings>{wanted}</a:RequestedSettings></a:Request>"


def domains(*names, wanted=("ExternalEwsUrl",)):
    inside = "".join(f"<a:Domain>{name}</a:Domain>" for name in names)
    settings_ = "".join(f"<a:Setting>{name}</a:Setting>" for name in wanted)
    return (
        f"<a:Request><a:Domains>{inside}</a:Domains><a:RequestedSettings>{settings_}</a:RequestedSettings></a:Request>"
    )


def soap(call, body, path="/autodiscover/autodiscover.svc"):
    headers = {"Content-Type": "text/xml; charset=utf-8"}
    answer = call("POST", path, content=body, headers=headers, auth=ANN)
    root = etree.fromstring(answer.content)
    if answer.status_code == 500:
        return root.findtext(f".//{{{SOAP}}}Fault/faultcode")
    assert answer.status_code == 200
    (message,) = root.find(f"{{{SOAP}}}Body")
    for part in (message, root.find(f"{{{SOAP}}}Header/{{{DISCOVERY}}}ServerVersionInfo")):
        schema = autodiscover_schema("soap")
        assert schema.validate(etree.fromstring(etree.tostring(part))), schema.error_log
    return message[0]


def text(element, name):
    return element.findtext(f"{{{DISCOVERY}}}{name}")


def told(response):
    return {text(setting, "Name"): text(setting, "Value") for setting in response.iter(f"{{{DISCOVERY}}}UserSetting")}


@pytest.mark.parametrize("path", ["/autodiscover/autodiscover.svc", "/AutoDiscover/Autodiscover.SVC"])
def test_every_setting_is_told_or_accounted_for(call, path):
    names = (*USER, *UNAVAILABLE, "NoSuchSetting")
    response = soap(call, asked("GetUserSettings", users("ANN@example.com", names=names)), path)
    assert text(response, "ErrorCode") == "NoError"
    values = told(response)
    assert set(values) == set(USER)
    url = f"{ORIGIN}/EWS/Exchange.asmx"
    assert (values["ExternalEwsUrl"], values["InternalEwsUrl"]) == (url, url)
    assert values["UserDisplayName"] == "Ann <A&B>"
    assert values["CasVersion"] == "15.01.2507.006"
    assert values["EwsSupportedSchemas"].split(", ")[-1] == "Exchange2016"
    errors = {
        text(each, "SettingName"): text(each, "ErrorCode") for each in response.iter(f"{{{DISCOVERY}}}UserSettingError")
    }
    assert errors.pop("NoSuchSetting") == "InvalidSetting"
    assert errors == dict.fromkeys(UNAVAILABLE, "SettingIsNotAvailable")


def test_each_user_is_answered_by_itself_and_in_order(call):
    addresses = ("nobody@example.com", "bob@example.com", "eve@example.com", "all@example.com", "room@example.com")
    response = soap(call, asked("GetUserSettings", users(*addresses)))
    answers = list(response.iter(f"{{{DISCOVERY}}}UserResponse"))
    assert [(text(each, "ErrorCode"), text(each, "RedirectTarget") or None) for each in answers] == [
        ("InvalidUser", None),
        ("RedirectAddress", "bob@contoso.com"),
        ("RedirectUrl", PEOPLE[2]["redirect"]),
        ("InvalidUser", None),
        ("NoError", None),
    ]
    assert [len(told(each)) for each in answers] == [0, 0, 0, 0, 1]


def test_domains_are_told_their_url(call):
    wanted = ("ExternalEwsUrl", "ExternalEwsVersion", "UserDN", "Nonsense")
    response = soap(call, asked("GetDomainSettings", domains("Example.com", "contoso.com", wanted=wanted)))
    mine, other = response.iter(f"{{{DISCOVERY}}}DomainResponse")
    assert [(text(each, "ErrorCode")) for each in (mine, other)] == ["NoError", "InvalidDomain"]
    values = {text(each, "Name"): text(each, "Value") for each in mine.iter(f"{{{DISCOVERY}}}DomainSetting")}
    assert values == {"ExternalEwsUrl": f"{ORIGIN}/EWS/Exchange.asmx", "ExternalEwsVersion": "15.01.2507.006"}
    errors = [text(each, "ErrorCode") for each in mine.iter(f"{{{DISCOVERY}}}DomainSettingError")]
    assert errors == ["SettingIsNotAvailable", "InvalidSetting"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (asked("GetUserSettings", users("ann@example.com"), version=""), "RequestedServerVersion is missing"),
        (asked("GetUserSettings", users("ann@example.com"), version="Exchange2007"), "invalid: 'Exchange2007'"),
        (asked("GetUserSettings", users()), "request is invalid"),
        (asked("GetUserSettings", users("ann@example.com", names=())), "request is invalid"),
        (asked("GetUserSettings", ""), "request is invalid"),
        (asked("GetUserSettings", users(*["ann@example.com"] * 101)), "100 Users at most"),
        (asked("GetDomainSettings", domains()), "request is invalid"),
        (asked("GetDomainSettings", domains(*["example.com"] * 101)), "100 Domains at most"),
    ],
)
def test_what_is_wrong_with_the_whole_request_is_said_once(call, body, words):
    response = soap(call, body)
    assert text(response, "ErrorCode") == "InvalidRequest"
    assert words in text(response, "ErrorMessage")
    assert len(response[2]) == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "s:Client"),
        (b"<a", "s:Client"),
        (b"<a/>", "s:Client"),
        (b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', "s:Client"),
        (f'<s:Envelope xmlns:s="{SOAP}"/>'.encode(), "s:Client"),
        (f'<s:Envelope xmlns:s="{SOAP}"><s:Body/></s:Envelope>'.encode(), "s:Client"),
        (asked("GetFederationInformation", ""), "a:ActionNotSupported"),
        (asked("GetUserSettings", "").replace(DISCOVERY.encode(), b"urn:other"), "a:ActionNotSupported"),
    ],
)
def test_what_is_no_request_is_a_fault(call, body, code):
    assert soap(call, body) == code


@pytest.mark.parametrize("path", ["/autodiscover/autodiscover.svc", "/autodiscover/autodiscover.xml"])
def test_credentials_are_needed_first(call, path):
    for auth in (None, ("ann@example.com", "wrong")):
        answer = call("POST", path, content=b"", **({"auth": auth} if auth else {}))
        assert answer.status_code == 401
        assert 'Basic realm="meetproof"' in answer.headers.get_list("www-authenticate")


def test_soap_is_posted(call):
    assert call("GET", "/autodiscover/autodiscover.svc", auth=ANN).status_code == 405


# JSON


@pytest.mark.parametrize(
    ("path", "protocol", "url"),
    [
        ("/autodiscover/autodiscover.json?Email=ann%40example.com&Protocol=EWS", "Ews", "/EWS/Exchange.asmx"),
        ("/AutoDiscover/autodiscover.JSON/v1.0/ann@example.com?Protocol=ews", "Ews", "/EWS/Exchange.asmx"),
        ("/autodiscover/autodiscover.json/v1.0/ann%40example.com?protocol=Ews", "Ews", "/EWS/Exchange.asmx"),
        (
            "/autodiscover/autodiscover.json/v1.0/ann@example.com?Protocol=Autodiscoverv1&RedirectCount=1",
            "AutodiscoverV1",
            "/autodiscover/autodiscover.xml",
        ),
    ],
)
def test_one_protocol_is_told_to_everybody(call, path, protocol, url):
    answer = call("GET", path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json() == {"Protocol": protocol, "Url": ORIGIN + url}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("?Email=ann@example.com&Protocol=ActiveSync", 400, "InvalidProtocol"),
        ("/v1.0/ann@example.com?Protocol=", 400, "MandatoryParameterMissing"),
        ("/v1.0/ann@example.com", 400, "MandatoryParameterMissing"),
        ("?Protocol=EWS", 400, "MandatoryParameterMissing"),
        ("/v1.0/ann?Protocol=EWS", 400, "MandatoryParameterMissing"),
        ("/v1.0/nobody@example.com?Protocol=EWS", 404, "UserNotFound"),
        ("/v1.0/all@example.com?Protocol=EWS", 404, "UserNotFound"),
        ("/v1.0/%ff@%00?Protocol=EWS", 404, "UserNotFound"),
    ],
)
def test_json_is_told_what_was_wrong(call, path, status, code):
    answer = call("GET", "/autodiscover/autodiscover.json" + path)
    assert (answer.status_code, answer.json()["ErrorCode"]) == (status, code)
    assert answer.json()["ErrorMessage"]


def test_json_names_the_protocols_there_are(call):
    answer = call("GET", "/autodiscover/autodiscover.json?Email=ann@example.com&Protocol=ActiveSync")
    assert json.loads(answer.content)["ErrorMessage"] == (
        "The given protocol value 'ActiveSync' is invalid. Supported values are 'Ews,AutodiscoverV1'."
    )
    assert call("POST", "/autodiscover/autodiscover.json").status_code == 405


def test_a_redirection_is_an_address_or_a_url():
    with pytest.raises(ValueError, match="redirect must be an SMTP address or an https URL, got 'elsewhere'"):
        population_of([{"address": "ann@example.com", "redirect": "elsewhere"}], "people")


def test_too_large_requests_are_refused_in_each_form(call, monkeypatch):
    from reference_impl import app as shell

    monkeypatch.setattr(shell, "BODY_LIMIT", 10)
    assert call("POST", "/autodiscover/autodiscover.svc", content=b"x" * 11, auth=ANN).status_code == 413
    assert (
        error(etree.fromstring(call("POST", "/autodiscover/autodiscover.xml", content=b"x" * 11, auth=ANN).content))
        == 600
    )
    assert call("POST", "/autodiscover/autodiscover.json", content=b"x" * 11).status_code == 413


@pytest.mark.parametrize("path", ["/autodiscover/autodiscover.svc", "/autodiscover/autodiscover.xml"])
def test_a_failing_server_owns_up(app, call, path, monkeypatch):
    route = next(route for route in app._routes if route.leads(path))
    monkeypatch.setattr(app, "_routes", (replace(route, refuse=lambda _request: 1 / 0),))
    assert call("POST", path, auth=ANN).status_code == 500
