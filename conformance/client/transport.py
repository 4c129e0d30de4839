"""The transports a suite can speak through, under one roof."""

from conformance.client.asgi import AsgiTransport
from conformance.client.live import LiveTransport
from conformance.client.playback import TapeMiss, TapeTransport
from conformance.client.protocol import Transport, TransportFailed

__all__ = ["AsgiTransport", "LiveTransport", "TapeMiss", "TapeTransport", "Transport", "TransportFailed"]
