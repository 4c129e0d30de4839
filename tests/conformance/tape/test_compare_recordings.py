"""Two recordings of one meeting are the same; every edit of what matters is told at its path, in meetings' words."""

import hashlib
import re
from dataclasses import replace as with_
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.model.exchange import Exchange
from conformance.tape.cassette import read_cassette
from conformance.tape.diff import compare, study
from conformance.tape.normalise import normalise
from conformance.wire.path import leaves, remove, replace
from tests.recorded import REFERENCE

HERE = Path(__file__).parent / "recorded"
OWN = sorted(HERE.glob("*.yaml"))
CASSETTES = {path.stem: path for path in (*OWN, *sorted(REFERENCE.glob("*.yaml")))}
CHOSEN = {path.stem: path for path in (*OWN, *sorted(REFERENCE.glob("*.yaml"))[::160])}
EDITS = 30

# Said again here rather than taken from the code: what two recordings may differ in.
VOLATILE = re.compile(
    r"""(?x)
    /@(Id|ChangeKey|RecurringMasterId|RootItemId|RootItemChangeKey)$
    | /t:(UID|DateTime(Received|Sent|Created|Stamp)|LastModifiedTime|LastResponseTime|AppointmentReplyTime)$
    | /[mt]:(SyncState|SubscriptionId|Watermark|PreviousWatermark|SubscriptionIds)$
    | /t:InternetMessageHeader(\[\d+\])?$
    | /t:(InternetMessageId|ConversationIndex|InstanceKey|StoreEntryId|ID|WebClient\w+QueryString)$
    | \.(id|changeKey|iCalUId|uid|conversationId|conversationIndex|internetMessageId|parentFolderId|transactionId)$
    | \.(seriesMasterId|(created|lastModified|received|sent)DateTime|webLink|(ext_)?expires_in|\w+_token)$
    | tatus\.time$ | \['\w*@odata\.(etag|context|nextLink|deltaLink)'\]$
    | \['(client-)?request-id'\]$ | nnerError\.(date|code)$
    """
)


@pytest.fixture(params=CHOSEN, ids=str)
def recording(request):
    return tuple(read_cassette(CASSETTES[request.param]).exchanges)


@pytest.fixture(params=CASSETTES, ids=str)
def any_recording(request):
    return tuple(read_cassette(CASSETTES[request.param]).exchanges)


def edited(text):
    """Another value of the same kind, so that an edit looks like what a server could say."""
    if isinstance(text, bool):
        return not text
    if isinstance(text, int | float):
        return text + 1
    if text is None:
        return "something"
    if found := re.match(r"\d{4}-\d\d-(\d\d)T", text):
        return f"{text[: found.start(1)]}{int(found[1]) % 28 + 1:02}{text[found.end(1) :]}"
    return {"true": "false", "false": "true"}.get(
        text, text + "x" if text and text not in {"[]", "{}"} else "something"
    )


def places(recording):
    """Every value of every body that may not vary: exchange, side, path, value."""
    for number, exchange in enumerate(recording):
        for side in ("request", "response"):
            body = getattr(exchange, side).body
            try:
                found = list(leaves(body))
            except ValueError:
                continue
            for path, value in found:
                if not VOLATILE.search(path):
                    yield number, side, path, value


def with_body(recording, number, side, body):
    exchanges = list(recording)
    message = with_(getattr(exchanges[number], side), body=body)
    exchanges[number] = with_(exchanges[number], **{side: message})
    return tuple(exchanges)


def spread(things, count):
    things = list(things)
    step = max(1, len(things) // count)
    return things[::step]


@pytest.mark.sampled(20)
def test_a_recording_does_not_differ_from_itself_nor_from_its_normal_form(any_recording):
    assert compare(any_recording, any_recording) == ()
    once = normalise(any_recording)
    assert compare(any_recording, once) == ()
    assert compare(once, any_recording) == ()


def test_normalising_twice_is_normalising_once(recording):
    once = normalise(recording)
    assert normalise(once) == once
    assert once != recording


IDS = re.compile(
    rb"""(?x)(?: \b(?:Id|ChangeKey)=" | <t:(?:UID|ID|InternetMessageId)>
    | "Thread-Index"> | "(?:id|changeKey|iCalUId|uid)":\s*"
    | "(?:conversationId|conversationIndex|parentFolderId|internetMessageId)":\s*" | W/\\" )
    (?: < | &lt; )? ([^"<&>\\]{6,}) """
)
STAMPS = re.compile(
    rb"(<t:(?:DateTime\w+|Last\w+Time|AppointmentReplyTime)>|(?:DateTime|time|date)\":\s*\")"
    rb"(\d{4})(-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)(?=<|\")"
)
NAMED = re.compile(rb'<t:(?:DistinguishedFolderId|\w*TimeZone\w*|Period)\b[^>]*?\bId="([^"]+)"')


def fresh(text, salt="second day"):
    return hashlib.sha256(salt.encode() + text).hexdigest().encode() * 3


def rerecorded(recording):
    """The recording as the same server would make it another day: other ids and stamps, each in all its places."""
    bodies = [message.body for each in recording for message in (each.request, each.response)]
    ids = {found for body in bodies for found in IDS.findall(body)}
    ids -= {found for body in bodies for found in NAMED.findall(body)}
    ids = {each for each in ids if not each.isalpha()}  # the words by which a client calls the parts of a batch
    names = {old: b"N0" + fresh(old)[: max(len(old), 9)] for old in sorted(ids, key=len, reverse=True)}

    def renamed(text):
        for old, new in names.items():
            text = text.replace(old, new).replace(quote(old, safe="").encode(), new)
        return text

    def body(text):
        return STAMPS.sub(
            lambda found: found[1] + (b"2031" if b"1900" < found[2] < b"4501" else found[2]) + found[3], renamed(text)
        )

    def header(name, value):
        if name.casefold() == "date":
            return "Fri, 01 Jan 2100 00:00:00 GMT"
        return renamed(value.encode()).decode()

    return tuple(
        Exchange(
            with_(
                each.request,
                url=renamed(each.request.url.encode()).decode(),
                headers=tuple((name, header(name, value)) for name, value in each.request.headers),
                body=body(each.request.body),
            ),
            with_(
                each.response,
                headers=tuple((name, header(name, value)) for name, value in each.response.headers),
                body=body(each.response.body),
            ),
            each.meta,
        )
        for each in recording
    )


def test_recording_twice_gives_no_difference(recording):
    again = rerecorded(recording)
    assert again != recording
    told = study(recording, again)
    assert told.differences == ()
    assert told.volatile > 0
    assert told.compared == len(recording)
    assert study(again, recording).differences == ()


def test_each_of_thirty_single_edits_is_reported_at_its_path(recording):
    chosen = spread(places(recording), EDITS)
    assert len(chosen) >= min(EDITS, len(list(places(recording))))
    again = rerecorded(recording)
    for number, side, path, value in chosen:
        body = replace(getattr(again[number], side).body, path, edited(value))
        changed = with_body(again, number, side, body)
        told = compare(recording, changed)
        assert f"{side}{path}" in [each.path for each in told], (number, side, path, value, told)
        assert all(each.exchange == number + 1 for each in told)
        assert bool(compare(changed, recording))


def test_most_single_edits_are_told_as_exactly_one_difference(recording):
    chosen = spread(places(recording), EDITS)
    told = [
        len(
            compare(
                recording,
                with_body(recording, number, side, replace(getattr(recording[number], side).body, path, edited(value))),
            )
        )
        for number, side, path, value in chosen
    ]
    assert min(told) == 1
    assert sum(count == 1 for count in told) >= 0.9 * len(told)


@pytest.mark.parametrize("name", [path.stem for path in OWN])
def test_a_wrong_id_is_a_difference_at_its_place(name):
    recording = tuple(read_cassette(CASSETTES[name]).exchanges)
    again = rerecorded(recording)
    checked = 0
    for number, exchange in enumerate(recording):
        ids = [path for path, _ in leaves_of(exchange.response.body) if path.endswith(("/@Id", ".id"))]
        others = {value for path, value in leaves_of(again[number].response.body) if path.endswith(("/@Id", ".id"))}
        if len(others) < 2:
            continue
        wrong = next(other for other in sorted(others) if other != read_value(again[number].response.body, ids[0]))
        changed = with_body(again, number, "response", replace(again[number].response.body, ids[0], wrong))
        assert f"response{ids[0]}" in [each.path for each in compare(recording, changed)]
        checked += 1
    assert checked


def leaves_of(body):
    try:
        return list(leaves(body))
    except ValueError:
        return []


def read_value(body, path):
    return dict(leaves_of(body))[path]


HEADERS = """<t:Message xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><t:InternetMessageHeaders>
<t:InternetMessageHeader HeaderName="Subject">Plan</t:InternetMessageHeader>
<t:InternetMessageHeader HeaderName="{name}">{value}</t:InternetMessageHeader>
</t:InternetMessageHeaders></t:Message>"""


@pytest.mark.parametrize(
    ("name", "values", "vary"),
    [
        ("Message-ID", ("&lt;A1@example.com&gt;", "&lt;B2@example.com&gt;"), True),
        ("in-reply-to", ("&lt;A1@example.com&gt;", "&lt;B2@example.com&gt;"), True),
        ("References", ("&lt;A1@example.com&gt;", "&lt;B2@example.com&gt;"), True),
        ("Thread-Index", ("Adx+GU53TVu7PQ==", "Adx+GUt8XOQ0n5=="), True),
        ("Date", ("Mon, 05 Jan 2026 08:00:01 +0000", "Tue, 6 Jan 2026 09:00:01 GMT"), True),
        ("Date", ("Mon, 05 Jan 2026 08:00:01 +0000", "yesterday"), False),
        ("Received", ("from here; Mon, 05 Jan 2026 08:00:01 +0000", "from there"), True),
        ("Thread-Topic", ("Plan", "Another plan"), False),
    ],
)
def test_a_repeated_header_of_a_message_may_vary_as_what_it_says(name, values, vary):
    recording = tuple(read_cassette(OWN[0]).exchanges)
    left, right = (
        with_body(recording, 0, "response", HEADERS.format(name=name, value=value).encode()) for value in values
    )
    told = [] if vary else ["response/t:Message/t:InternetMessageHeaders/t:InternetMessageHeader[2]"]
    assert [each.path for each in compare(left, right)] == told
    assert compare(normalise(left), left) == ()


def test_a_status_or_a_header_that_differs_is_told(recording):
    status = recording[0].response.status + 1
    changed = (with_(recording[0], response=with_(recording[0].response, status=status)), *recording[1:])
    assert [each.path for each in compare(recording, changed)] == ["response.status"]
    more = (*recording[0].response.headers, ("X-Extra", "1"))
    changed = (with_(recording[0], response=with_(recording[0].response, headers=more)), *recording[1:])
    assert [(each.path, each.left, each.right) for each in compare(recording, changed)] == [
        ("response.headers.x-extra", None, "1")
    ]


def asked(exchange):
    return exchange.request.method, exchange.request.url, exchange.request.body


def test_a_missing_exchange_is_told(recording):
    rest = recording[:-1]
    while rest and asked(rest[-1]) == asked(recording[-1]):
        rest = rest[:-1]  # a read that is only repeated less often is not missing
    told = compare(recording, rest)
    assert told
    assert any(each.path == "" and each.right is None for each in told)
    assert compare(rest, recording)


@pytest.mark.parametrize("name", ["third-party-ews", "third-party-graph", "founding-documents"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_difference_is_empty_exactly_when_its_reverse_is(name, data):
    recording = tuple(read_cassette(HERE / f"{name}.yaml").exchanges)
    left, right = list(recording), list(rerecorded(recording))
    for side in (left, right):
        for _ in range(data.draw(st.integers(0, 2))):
            match data.draw(st.sampled_from(["drop", "repeat", "swap", "edit", "remove"])):
                case "drop":
                    del side[data.draw(st.integers(0, len(side) - 1))]
                case "repeat":
                    place = data.draw(st.integers(0, len(side) - 1))
                    side.insert(place, side[place])
                case "swap":
                    place = data.draw(st.integers(0, len(side) - 2))
                    side[place], side[place + 1] = side[place + 1], side[place]
                case act:
                    number, where, path, value = data.draw(st.sampled_from(list(places(side))))
                    body = getattr(side[number], where).body
                    body = (
                        remove(body, path)
                        if act == "remove" and "/text()" not in path and path != "$"
                        else replace(body, path, edited(value))
                    )
                    side[:] = with_body(side, number, where, body)
    assert (compare(left, right) == ()) == (compare(right, left) == ())
    assert compare(left, left) == ()
