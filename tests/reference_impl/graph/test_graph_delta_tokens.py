"""The tokens of delta rounds: what one is given for, and what is refused."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.domain.errors import SyncStateInvalid
from reference_impl.domain.mailbox import Mailbox, Person
from reference_impl.graph import ids
from reference_impl.graph.call import Call
from reference_impl.graph.delta import TOKENS, read_round, removed
from reference_impl.graph.odata.options import read_options
from reference_impl.http import HttpRequest
from reference_impl.service.world import World
from reference_impl.store.store import Store

OFFERED = frozenset({"$select", "$top"})
MARK = b"TEST\x01"


ALEX = Mailbox("00000000-0000-4000-8000-000000000001", Person("alex@contoso.com"))
ADELE = Mailbox("00000000-0000-4000-8000-000000000002", Person("adele@contoso.com"))
WORLD = World(store=cast("Store", None))  # tokens are read and written without it


def called(query: str, owner: Mailbox = ALEX) -> Call:
    request = HttpRequest("GET", "/v1.0/me/messages/delta()", query, origin="http://server.test")
    options = read_options(query, OFFERED | TOKENS)
    return Call(world=WORLD, request=request, version="v1.0", owner=owner, user_key="me", options=options)


def query_of(link: str) -> str:
    return urlsplit(link).query


@pytest.mark.parametrize(
    ("is_last", "member", "option"),
    [(True, "@odata.deltaLink", "$deltatoken"), (False, "@odata.nextLink", "$skiptoken")],
)
def test_a_page_ends_with_one_link_that_keeps_the_options_and_the_state(is_last, member, option):
    first = read_round(called("$select=subject&$top=2"), MARK, OFFERED)
    assert (first.state, first.call.options.top) == (None, 2)
    page = first.page("Collection(message)", [], b"\x00\xffstate", is_last=is_last)
    assert set(page.body) == {member, "value"}
    assert page.context.endswith("#Collection(message)")
    query = query_of(page.body[member])
    assert query.startswith(f"{option}=")
    later = read_round(called(query), MARK, OFFERED)
    assert later.state == b"\x00\xffstate"
    assert later.call.options.system == {"$select": "subject", "$top": "2"}


def test_a_token_is_good_for_its_resource_its_mailbox_and_once_in_a_request():
    page = read_round(called(""), MARK, OFFERED).page("x", [], b"state", is_last=True)
    query = query_of(page.body["@odata.deltaLink"])
    with pytest.raises(SyncStateInvalid):
        read_round(called(query), b"ELSE\x01", OFFERED)
    with pytest.raises(SyncStateInvalid):
        read_round(called(query, ADELE), MARK, OFFERED)
    with pytest.raises(SyncStateInvalid):
        read_round(called(f"{query}&{query.replace('deltatoken', 'skiptoken')}"), MARK, OFFERED)


@given(st.binary(max_size=60), st.text(alphabet="abc=-_/+%", max_size=40))
def test_a_token_of_ones_own_making_is_refused(data, text):
    for token in (ids.opaque(data), text):
        with pytest.raises(SyncStateInvalid):
            read_round(called(f"$skiptoken={token}"), MARK, OFFERED)


def test_what_is_gone_has_its_type_and_id():
    assert removed("event", "AAA") == {
        "@odata.type": "#microsoft.graph.event",
        "id": "AAA",
        "@removed": {"reason": "deleted"},
    }
