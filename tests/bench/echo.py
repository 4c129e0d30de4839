"""What benchmarks compare the server with: a Starlette application that reads a request and answers at once.

Run by ``python -m tests.bench.echo``. Its event loop, uvicorn and their settings are those of the reference server.
It answers every GET and POST with the bytes that were last PUT to it, so that both servers send the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import sys

import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reference_impl.server import bind, listen

ANY = "/{path:path}"


class Echo:
    """The answer of the moment."""

    def __init__(self) -> None:
        self.answer = b""

    async def put(self, request: Request) -> Response:
        """Take this answer from now on."""
        self.answer = await request.body()
        return Response()

    async def give(self, request: Request) -> Response:
        """Read the whole request, give the answer."""
        await request.body()
        return Response(self.answer, media_type="text/xml")


class Application(Starlette):
    """Starlette's, which does nothing but answer."""

    def running(self) -> contextlib.AbstractAsyncContextManager[None]:
        """The time of its work."""
        return contextlib.nullcontext()


async def serve() -> None:
    """Tell the port and serve until the process is ended."""
    echo = Echo()
    app = Application(routes=[Route(ANY, echo.put, methods=["PUT"]), Route(ANY, echo.give, methods=["GET", "POST"])])
    listening = await listen(app, bind("127.0.0.1", 0))
    sys.stdout.write(json.dumps({"ews": listening.origin}) + "\n")
    sys.stdout.flush()
    gc.freeze()
    await listening.task


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())
