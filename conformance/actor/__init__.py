"""Meeting verbs in two dialects: what organizers and attendees do, spoken in EWS or in Microsoft Graph.

``EwsClient(send, url, version=..., bare=...)`` and ``GraphClient(send, url, bare=...)`` are the raw callers;
``EwsActor(client, address)`` and ``GraphActor(client, address)`` put the meeting verbs on top of them. ``send`` takes
a request and returns the exchange, with the person's credentials; ``bare`` does the same without any.
"""

from conformance.actor.acts import Actor, Changes, Draft, Refused
from conformance.actor.ews import EwsActor
from conformance.actor.ews_client import EwsAnswer, EwsClient
from conformance.actor.graph import GraphActor
from conformance.actor.graph_client import GraphAnswer, GraphClient

__all__ = [
    "Actor",
    "Changes",
    "Draft",
    "EwsActor",
    "EwsAnswer",
    "EwsClient",
    "GraphActor",
    "GraphAnswer",
    "GraphClient",
    "Refused",
]
