"""What is written in one round of the loop leaves as one, and all of it leaves."""

import asyncio

import pytest

from reference_impl import transport as transports
from reference_impl.transport import Gathering


class Wire(asyncio.Transport):
    """A transport that remembers what came, and in what parts."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 5000)})
        self.sent = []
        self.is_closed = False
        self.protocol = None

    def writelines(self, parts):
        self.sent.append(b"".join(parts))

    def close(self):
        self.sent.append("closed")
        self.is_closed = True

    def is_closing(self):
        return self.is_closed

    def set_protocol(self, protocol):
        self.protocol = protocol


@pytest.fixture
def wire():
    return Wire()


def written(wire, act):
    """What had come when the act was over, and what a round of the loop later."""

    async def run():
        act(Gathering(wire, asyncio.get_running_loop()))
        at_once = list(wire.sent)
        await asyncio.sleep(0)
        return at_once, wire.sent

    return asyncio.run(run())


def test_a_head_and_its_body_leave_together_a_round_later(wire):
    def answer(gathering):
        gathering.write(b"head ")
        gathering.write(bytearray(b"body"))

    assert written(wire, answer) == ([], [b"head body"])


def test_what_is_written_in_another_round_leaves_by_itself(wire):
    async def run():
        gathering = Gathering(wire, asyncio.get_running_loop())
        for part in (b"head", b"chunk", b"last"):
            gathering.write(part)
            await asyncio.sleep(0)
        return wire.sent

    assert asyncio.run(run()) == [b"head", b"chunk", b"last"]


def test_much_does_not_wait(wire, monkeypatch):
    """Else nobody would tell who writes that the client does not read."""
    monkeypatch.setattr(transports, "MOST_HELD", 6)

    def answer(gathering):
        for part in (b"1234", b"567", b"8"):
            gathering.write(part)

    assert written(wire, answer) == ([b"1234567"], [b"1234567", b"8"])


def test_what_is_changed_after_it_was_written_leaves_as_it_was(wire):
    def answer(gathering):
        data = bytearray(b"body")
        gathering.write(data)
        data[:] = b"else"

    assert written(wire, answer) == ([], [b"body"])


def test_a_connection_is_closed_after_what_was_written(wire):
    def answer(gathering):
        gathering.write(b"bye")
        gathering.close()
        assert gathering.is_closing()

    assert written(wire, answer) == ([b"bye", "closed"], [b"bye", "closed"])


def test_nothing_is_written_to_a_connection_that_is_lost(wire):
    def answer(gathering):
        gathering.write(b"late")
        wire.is_closed = True

    assert written(wire, answer) == ([], [])


def test_it_tells_what_the_other_transport_tells(wire):
    def look(gathering):
        assert gathering.get_extra_info("peername") == ("127.0.0.1", 5000)
        assert gathering.get_extra_info("sslcontext", 1) == 1
        assert not gathering.is_closing()
        gathering.set_protocol(protocol)

    protocol = asyncio.Protocol()
    written(wire, look)
    assert wire.protocol is protocol
