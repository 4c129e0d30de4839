"""What tests of the proxy share."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from mitmproxy import certs


@pytest.fixture
def authority(tmp_path):
    """A certificate authority of the test's own: ``authority(name)`` gives a server's certificate file."""
    store = certs.CertStore.from_store(tmp_path / "authority", "test", 2048)

    def issue(name):
        entry = store.get_cert(name, [x509.DNSName(name)])
        file = tmp_path / f"{name}.pem"
        key = entry.privatekey.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
        file.write_bytes(key + entry.cert.to_pem())
        return file

    issue.ca = tmp_path / "authority" / "test-ca-cert.pem"
    return issue
