"""A throw-away Kerberos realm, for tests of clients that log in with tickets."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

REALM = "EXAMPLE.COM"
SERVICE = f"HTTP/localhost@{REALM}"
PASSWORD = "ticket, please"

_KRB5_CONF = """
[libdefaults]
  default_realm = {realm}
  dns_canonicalize_hostname = false
  dns_lookup_kdc = false
  rdns = false
[realms]
  {realm} = {{
    kdc = 127.0.0.1:{port}
  }}
"""
_KDC_CONF = """
[kdcdefaults]
  kdc_listen = 127.0.0.1:{port}
  kdc_tcp_listen = 127.0.0.1:{port}
[realms]
  {realm} = {{
    database_name = {folder}/principal
    key_stash_file = {folder}/stash
    acl_file = {folder}/acl
  }}
[logging]
  kdc = FILE:{folder}/kdc.log
"""


@dataclass(frozen=True)
class Realm:
    """A realm whose key distribution centre answers; ``keytab`` holds the key of the web service on localhost."""

    folder: Path
    keytab: Path
    environment: Mapping[str, str]

    def run(self, *command: str, **environment: str) -> None:
        """Run one of Kerberos' programs in this realm; it is told the users' password."""
        variables = {**self.environment, **environment}
        done = subprocess.run(
            command, env=variables, input=PASSWORD, text=True, capture_output=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr

    def ticket(self, user: str) -> dict[str, str]:
        """The environment of a user who has logged in."""
        cache = {"KRB5CCNAME": f"FILE:{self.folder}/tickets-of-{user}"}
        self.run("kinit", user, **cache)
        return {**self.environment, **cache}


@contextmanager
def realm(folder: Path, *users: str) -> Iterator[Realm]:
    """A realm with these users; gone after the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for name, text in (("krb5.conf", _KRB5_CONF), ("kdc.conf", _KDC_CONF)):
        (folder / name).write_text(text.format(realm=REALM, folder=folder, port=port))
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]),
        "KRB5_CONFIG": f"{folder}/krb5.conf",
        "KRB5_KDC_PROFILE": f"{folder}/kdc.conf",
    }
    made = Realm(folder, folder / "http.keytab", environment)
    made.run("kdb5_util", "create", "-s", "-r", REALM, "-P", "master")
    for user in users:
        made.run("kadmin.local", "addprinc", "-pw", PASSWORD, user)
    made.run("kadmin.local", "addprinc", "-randkey", SERVICE)
    made.run("kadmin.local", "ktadd", "-k", str(made.keytab), SERVICE)
    with subprocess.Popen(["krb5kdc", "-n"], env=environment, stdout=subprocess.DEVNULL) as centre:
        try:
            _wait_for(port)
            yield made
        finally:
            centre.terminate()


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("the key distribution centre does not answer")
