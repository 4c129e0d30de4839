"""What tests of the proxy share."""

from __future__ import annotations

import warnings

import pytest
import trustme


@pytest.fixture
def authority(tmp_path):
    """Certificates of an authority of the test's own, for servers and clients: ``authority(name)`` gives a file."""
    issuer = trustme.CA(key_type=trustme.KeyType.ECDSA)

    def issue(name):
        file = tmp_path / f"{name}.pem"
        issuer.issue_cert(name, common_name=name).private_key_and_cert_chain_pem.write_to_path(file)
        return file

    issue.ca = tmp_path / "ca.pem"
    issuer.cert_pem.write_to_path(issue.ca)
    return issue


@pytest.fixture(scope="session")
def runner():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of ldap3, which mitmproxy brings
        from conformance.proxy import runner

        return runner
