"""What the EWS benchmark compares with: a Starlette application that reads a request and answers at once.

Run by ``python -m tests.bench.ews_echo``. Its event loop, uvicorn and their settings are those of the reference server,
which runs them both. It answers every POST with the bytes that were last PUT to it, so that both servers send the same.
"""

from __future__ import annotations

import argparse
import json
import sys

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_impl.__main__ import _run, _until_stopped
from tests.bench.ews_load import PATH


class Echo:
    """The answer of the moment."""

    def __init__(self) -> None:
        self.answer = b""

    async def put(self, request: Request) -> Response:
        """Take this answer from now on."""
        self.answer = await request.body()
        return Response()

    async def post(self, request: Request) -> Response:
        """Read the whole request, give the answer."""
        await request.body()
        return Response(self.answer, media_type="text/xml")


def announce(_app: object, origin: str, *, ready_json: bool) -> None:
    """Tell the port."""
    assert ready_json
    sys.stdout.write(json.dumps({"ews": f"{origin}{PATH}"}) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Serve until stopped."""
    echo = Echo()
    app = Starlette(routes=[Route(PATH, echo.put, methods=["PUT"]), Route(PATH, echo.post, methods=["POST"])])
    listening = argparse.Namespace(host="127.0.0.1", port=0, ready_json=True)
    return _run(_until_stopped(app, listening, announce))


if __name__ == "__main__":
    sys.exit(main())
