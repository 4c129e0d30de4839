"""curl logs in by every scheme that it knows."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests.clients.kerberos import realm

pytestmark = pytest.mark.curl

USER, PASSWORD = "organizer0@example.com", "meetproof"
ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body><m:GetFolder>'
    "<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
    '<m:FolderIds><t:DistinguishedFolderId Id="calendar"/></m:FolderIds></m:GetFolder></s:Body></s:Envelope>'
)


def curl(*arguments, env=None):
    """What curl prints, its last line being the HTTP status."""
    command = ["curl", "--silent", "--show-error", "--noproxy", "*", "--write-out", "\n%{http_code} %{num_connects}\n"]
    headers = ["--header", "Content-Type: text/xml; charset=utf-8", "--data", ENVELOPE]
    done = subprocess.run(
        [*command, *headers, *arguments], env=env, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


@pytest.mark.parametrize("user", [USER, "EXAMPLE\\organizer0", "organizer0"])
@pytest.mark.parametrize("scheme", ["--ntlm", "--basic"])
def test_a_mailbox_answers_its_owner(meetproof_server, scheme, user):
    told = curl(scheme, "--user", f"{user}:{PASSWORD}", meetproof_server.ews_url)
    assert "<m:ResponseCode>NoError</m:ResponseCode>" in told
    assert told.splitlines()[-1] == "200 1"


@pytest.mark.parametrize("scheme", ["--ntlm", "--basic"])
def test_nobody_else_is_let_in(meetproof_server, scheme):
    told = curl(scheme, "--user", f"{USER}:wrong", meetproof_server.ews_url)
    assert told.splitlines()[-1] == "401 1"


def test_ntlm_logs_a_connection_in_once(meetproof_server):
    url = meetproof_server.ews_url
    told = curl("--ntlm", "--user", f"{USER}:{PASSWORD}", url, url, url)
    assert [line for line in told.splitlines() if line.startswith("200 ")] == ["200 1", "200 0", "200 0"]


@pytest.fixture(scope="module")
def kerberos(tmp_path_factory):
    pytest.importorskip("gssapi", reason="absent tool: gssapi")
    with realm(tmp_path_factory.mktemp("realm"), "organizer0", "AlexW", "stranger") as made:
        yield made


@contextmanager
def server(kerberos, *options):
    command = [sys.executable, "-m", "reference_impl", "serve", "--host", "localhost", *options, "--ready-json"]
    with subprocess.Popen(command, env=kerberos.environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield json.loads(process.stdout.readline())["ews"].replace("127.0.0.1", "localhost")
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0


@pytest.mark.kerberos
def test_a_ticket_opens_the_mailbox_of_its_principal(kerberos):
    with server(kerberos, "--keytab", str(kerberos.keytab)) as url:
        for user, mailbox in (("organizer0", "organizer0@example.com"), ("AlexW", "AlexW@contoso.com")):
            by_ticket = curl("--negotiate", "--user", ":", url, env=kerberos.ticket(user))
            assert "<m:ResponseCode>NoError</m:ResponseCode>" in by_ticket
            assert by_ticket == curl("--basic", "--user", f"{mailbox}:{PASSWORD}", url)
        told = curl("--negotiate", "--user", ":", url, env=kerberos.ticket("stranger"))
        assert told.splitlines()[-1] == "401 1"


@pytest.mark.kerberos
def test_a_ticket_is_worth_nothing_to_a_server_without_a_keytab(kerberos):
    environment = kerberos.ticket("organizer0")
    with server(kerberos) as url:
        assert curl("--negotiate", "--user", ":", url, env=environment).splitlines()[-1] == "401 1"


@pytest.mark.kerberos
def test_passwords_still_do_beside_tickets(kerberos):
    with server(kerberos, "--keytab", str(kerberos.keytab)) as url:
        assert curl("--ntlm", "--user", f"{USER}:{PASSWORD}", url).splitlines()[-1] == "200 1"
