"""HTTPS: certificates made or brought, and links that say so."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import subprocess
import sys
from contextlib import contextmanager

import httpx
import pytest
import trustme

from reference_impl.__main__ import main

ENVELOPE = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    b' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
    b' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body><m:GetFolder>'
    b"<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
    b'<m:FolderIds><t:DistinguishedFolderId Id="calendar"/></m:FolderIds></m:GetFolder></s:Body></s:Envelope>'
)


@contextmanager
def serving(*options):
    command = [sys.executable, "-m", "reference_impl", "serve", *options, "--ready-json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0


def trusting(file):
    return httpx.Client(verify=ssl.create_default_context(cafile=str(file)), trust_env=False)


def post(client, url):
    headers = {"Content-Type": "text/xml; charset=utf-8"}
    return client.post(url, content=ENVELOPE, headers=headers, auth=("organizer0@example.com", "meetproof"))


@pytest.mark.requirement("EWS-MTG-002", "EWS-MTG-001")
def test_a_made_certificate_is_good_for_loopback_and_for_the_names_asked_for(tmp_path):
    file = tmp_path / "ca.pem"
    with serving("--tls", "--tls-ca", str(file), "--tls-host", "mail.example.com") as facts, trusting(file) as client:
        assert facts["ca"] == str(file)
        assert "PRIVATE KEY" not in file.read_text()
        port = httpx.URL(facts["ews"]).port
        for host in ("127.0.0.1", "localhost"):
            assert post(client, f"https://{host}:{port}/EWS/Exchange.asmx").status_code == 200
        context = ssl.create_default_context(cafile=str(file))
        with (
            socket.create_connection(("127.0.0.1", port)) as plain,
            context.wrap_socket(plain, server_hostname="mail.example.com") as wrapped,
        ):
            assert wrapped.version() in {"TLSv1.2", "TLSv1.3"}
        with (
            socket.create_connection(("127.0.0.1", port)) as plain,
            pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"),
        ):
            context.wrap_socket(plain, server_hostname="other.example.com")


def test_nobody_trusts_it_who_was_not_told(tmp_path):
    with serving("--tls") as facts:
        assert "ca" not in facts
        with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
            httpx.get(facts["graph"], trust_env=False)


def test_every_link_says_https(tmp_path):
    file = tmp_path / "ca.pem"
    with serving("--tls", "--tls-ca", str(file)) as facts, trusting(file) as client:
        assert all(facts[name].startswith("https://127.0.0.1:") for name in ("ews", "graph", "token"))
        form = {"grant_type": "password", "username": "organizer0@example.com", "password": "meetproof"}
        token = client.post(facts["token"], data=form).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        for subject in ("One", "Two"):
            start = {"dateTime": "2026-02-02T10:00:00", "timeZone": "UTC"}
            event = {"subject": subject, "start": start, "end": start}
            assert client.post(facts["graph"] + "/me/events", json=event, headers=headers).status_code == 201
        page = client.get(facts["graph"] + "/me/events?$top=1", headers=headers).json()
        assert page["@odata.nextLink"].startswith(facts["graph"])
        assert client.get(page["@odata.nextLink"], headers=headers).status_code == 200


def test_a_table_for_people_names_the_authority(tmp_path):
    file = tmp_path / "ca.pem"
    command = [sys.executable, "-u", "-m", "reference_impl", "serve", "--tls", "--tls-ca", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        head = [process.stdout.readline() for _ in range(5)]
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    assert head[0].startswith("EWS    https://127.0.0.1:")
    assert head[4] == f"CA     {file}\n"


@pytest.fixture
def own(tmp_path):
    """An authority's file, and a certificate of it with its key."""
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    leaf.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    leaf.private_key_pem.write_to_path(tmp_path / "key.pem")
    leaf.private_key_and_cert_chain_pem.write_to_path(tmp_path / "both.pem")
    return tmp_path


@pytest.mark.parametrize("files", [("--certificate", "cert.pem", "--key", "key.pem"), ("--certificate", "both.pem")])
def test_a_certificate_can_be_brought(own, files):
    options = [word if word.startswith("--") else str(own / word) for word in files]
    with serving(*options) as facts, trusting(own / "ca.pem") as client:
        assert post(client, facts["ews"]).status_code == 200


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--certificate", "missing.pem"], "missing.pem is no file"),
        (["--certificate", "cert.pem"], "cannot be used"),
        (["--certificate", "cert.pem", "--key", "other.pem"], "cannot be used"),
        (["--certificate", "locked.pem"], "key is encrypted"),
        (["--certificate", "both.pem", "--tls"], "--tls, --tls-host and --tls-ca make another"),
        (["--key", "key.pem"], "--key goes with --certificate"),
        (["--tls-host", "a.example"], "go with --tls"),
        (["--tls", "--tls-host", "a b"], "no certificate can be made for a b"),
        (["--tls", "--tls-ca", "no/such/folder"], "no/such/folder"),
    ],
)
def test_files_that_do_not_fit_are_told(own, capsys, options, words):
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
        load_pem_private_key,
    )

    (own / "other.pem").write_bytes(trustme.CA().issue_cert("127.0.0.1").private_key_pem.bytes())
    key = load_pem_private_key((own / "key.pem").read_bytes(), None)
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    (own / "locked.pem").write_bytes((own / "cert.pem").read_bytes() + locked)
    given = [str(own / word) if word.endswith(".pem") else word for word in options]
    with pytest.raises(SystemExit) as ended:
        sys.exit(main(["serve", *given]))
    assert ended.value.code == 64
    assert words in capsys.readouterr().err
