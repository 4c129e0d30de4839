"""DavMail, which speaks CalDAV, IMAP and SMTP to calendars and mail programs, and EWS to the server behind it."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

_PROPERTIES = """
davmail.server=true
davmail.mode=EWS
davmail.url={url}
davmail.bindAddress=127.0.0.1
davmail.allowRemote=false
davmail.caldavPort={caldav}
davmail.imapPort={imap}
davmail.smtpPort={smtp}
davmail.ldapPort=
davmail.popPort=
davmail.enableProxy=false
davmail.useSystemProxies=false
davmail.disableUpdateCheck=true
davmail.logFilePath={log}
log4j.rootLogger=WARN
"""


@dataclass(frozen=True)
class Gateway:
    """A running DavMail, by the ports of its services on this machine."""

    caldav: int
    imap: int
    smtp: int
    log: Path

    @property
    def caldav_url(self) -> str:
        """Where calendars are found."""
        return f"http://127.0.0.1:{self.caldav}/"


@contextmanager
def gateway(folder: Path, ews_url: str) -> Iterator[Gateway]:
    """A DavMail before an EWS endpoint, which keeps its files in this folder; gone after the block."""
    made = Gateway(*_free_ports(3), folder / "davmail.log")
    properties = folder / "davmail.properties"
    properties.write_text(
        _PROPERTIES.format(url=ews_url, caldav=made.caldav, imap=made.imap, smtp=made.smtp, log=made.log)
    )
    with (
        (folder / "davmail.out").open("w") as out,
        subprocess.Popen(["davmail-server", str(properties)], stdout=out, stderr=out) as process,
    ):
        try:
            for port in (made.caldav, made.imap, made.smtp):
                _wait_for(port, process)
            yield made
        finally:
            process.terminate()


def _free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(number)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(1200):
        assert process.poll() is None, f"DavMail ended with {process.returncode}"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"DavMail does not answer on port {port}")
