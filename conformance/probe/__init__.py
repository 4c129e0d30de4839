"""What a server is, found by asking it: its endpoints, how people sign in, which versions and features it has."""

from conformance.probe.autodiscover import Guides
from conformance.probe.discovery import Wanted, discover
from conformance.probe.finding import Discovery, Found
from conformance.probe.writing import write_discovery

__all__ = ["Discovery", "Found", "Guides", "Wanted", "discover", "write_discovery"]
