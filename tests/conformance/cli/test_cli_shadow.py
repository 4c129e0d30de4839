"""``meetproof shadow`` between two reference servers, of which one has a fault, through mitmproxy."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

from conformance.tape.cassette import read_cassette

JSON = [("Content-Type", "application/json")]
EVENT = {
    "subject": "Planning",
    "start": {"dateTime": "2030-03-04T10:00:00", "timeZone": "UTC"},
    "end": {"dateTime": "2030-03-04T11:00:00", "timeZone": "UTC"},
    "attendees": [{"emailAddress": {"address": "attendee0@example.com", "name": "Attendee 0"}, "type": "required"}],
}
GET_FOLDER = b"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"
 xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"
 xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">
<s:Header><t:RequestServerVersion Version="Exchange2013_SP1"/></s:Header>
<s:Body><m:GetFolder><m:FolderShape><t:BaseShape>AllProperties</t:BaseShape></m:FolderShape>
<m:FolderIds><t:DistinguishedFolderId Id="calendar"/></m:FolderIds></m:GetFolder></s:Body></s:Envelope>"""


def test_a_fault_of_the_candidate_shows_while_clients_are_answered_by_the_primary(program, client, tmp_path):
    serve = ["-m", "reference_impl", "serve", "--port", "0", "--ready-json"]
    servers = [program(*serve), program(*serve, "--fault", "graph-no-etag")]
    primary, candidate = (server.ready()["graph"].removesuffix("/v1.0") for server in servers)
    out = tmp_path / "out"
    options = ["--primary", primary, "--candidate", candidate, "--out", out, "--writes", "--ready-json"]
    shadow = program("-m", "conformance.cli", "shadow", *options)
    send = client(shadow.ready()["proxy"])

    form = {"grant_type": "password", "username": "organizer0@example.com", "password": "meetproof"}
    form |= {"client_id": "11111111-2222-3333-4444-555555555555", "scope": f"{primary}/.default"}
    kind = [("Content-Type", "application/x-www-form-urlencoded")]
    token = json.loads(send("POST", "/oauth2/v2.0/token", kind, urlencode(form).encode())[2])["access_token"]
    signed = [*JSON, ("Authorization", f"Bearer {token}")]
    status, _, made = send("POST", "/v1.0/me/events", signed, json.dumps(EVENT).encode())
    assert status == 201
    key = json.loads(made)["id"]
    status, _, seen = send("GET", f"/v1.0/me/events/{quote(key, safe='')}", signed)
    assert (status, json.loads(seen)["subject"], "@odata.etag" in json.loads(seen)) == (200, "Planning", True)
    xml = [("Content-Type", "text/xml; charset=utf-8"), ("Authorization", f"Bearer {token}")]
    assert send("POST", "/EWS/Exchange.asmx", xml, GET_FOLDER)[0] == 200

    code, errors = shadow.stop()
    assert (code, errors) == (1, "")
    told = [json.loads(line) for line in (out / "divergences.jsonl").read_text().splitlines()]
    assert {(each["operation"], each["path"]) for each in told} == {
        ("POST events", "response$['@odata.etag']"),
        ("GET events/{id}", "response$['@odata.etag']"),
    }
    sides = [read_cassette(out / side / "session.yaml") for side in ("primary", "candidate")]
    assert [len(side.exchanges) for side in sides] == [4, 4]
    assert token.encode() not in b"".join(path.read_bytes() for path in out.rglob("*.*"))
