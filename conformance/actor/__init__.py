"""Meeting verbs in two dialects: what organizers and attendees do, spoken in EWS or in Microsoft Graph.

``EwsClient(send, url, authorize=..., version=...)`` and ``GraphClient(send, url, authorize=...)`` are the raw callers;
``EwsActor(client, address)`` and ``GraphActor(client, address)`` put the verbs of :class:`Actor` on top of them.
``send`` takes a request and returns the exchange; ``authorize`` returns the request with its credentials added.
"""
