"""Cassettes and comparison against the tools people would take instead, in one process, as ratios.

Run ``python tests/bench/bench_tape.py [append] [diff] [load]``. Medians of interleaved rounds are compared, so that a
busy machine slows both sides alike. The comparison's answers are checked too: a fast one that sees differences where
there are none, or misses one, ends the run.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml
from lxml import etree
from vcr.request import Request as VcrRequest
from vcr.serialize import deserialize, serialize
from vcr.serializers import yamlserializer
from xmldiff import main as xmldiff

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.cassette import CassetteWriter, read_cassette
from conformance.tape.codec import encode
from conformance.tape.diff import compare
from conformance.tape.redact import redact

NAMESPACES = (
    'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
)
ITEM = (
    '<t:CalendarItem><t:ItemId Id="AAMk{salt}{n:04}AAA=" ChangeKey="DwAA{salt}{n:04}"/>'
    "<t:Subject>Meeting {n}</t:Subject>"
    "<t:DateTimeReceived>2026-01-{day:02}T08:00:{n:02}Z</t:DateTimeReceived><t:Size>1298</t:Size>"
    "<t:DateTimeCreated>2026-01-{day:02}T08:00:{n:02}Z</t:DateTimeCreated><t:HasAttachments>false</t:HasAttachments>"
    "<t:Start>2026-02-{date:02}T10:00:00Z</t:Start><t:End>2026-02-{date:02}T11:00:00Z</t:End>"
    "<t:LegacyFreeBusyStatus>Busy</t:LegacyFreeBusyStatus><t:Location>{place}</t:Location>"
    "<t:CalendarItemType>Single</t:CalendarItemType><t:MyResponseType>Organizer</t:MyResponseType>"
    "<t:Organizer><t:Mailbox><t:Name>Organizer 0</t:Name></t:Mailbox></t:Organizer></t:CalendarItem>"
)


def find_item(items: int, salt: str, day: int, place: str = "Room 1", changed: int = 0) -> Exchange:
    """A FindItem exchange; ``salt`` and ``day`` are what a second recording changes, ``place`` one meeting's edit."""
    ask = f'<s:Envelope {NAMESPACES}><s:Body><m:FindItem Traversal="Shallow"/></s:Body></s:Envelope>'
    told = "".join(
        ITEM.format(n=n, date=n % 28 + 1, salt=salt, day=day, place=place if n == changed else "Room 1")
        for n in range(1, items + 1)
    )
    answer = (
        f"<s:Envelope {NAMESPACES}><s:Body><m:FindItemResponse><m:ResponseMessages>"
        '<m:FindItemResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
        f'<m:RootFolder TotalItemsInView="{items}" IncludesLastItemInRange="true"><t:Items>{told}</t:Items>'
        "</m:RootFolder></m:FindItemResponseMessage></m:ResponseMessages></m:FindItemResponse></s:Body></s:Envelope>"
    )
    headers = (("Content-Type", "text/xml; charset=utf-8"), ("Date", f"Mon, {day:02} Jan 2026 08:00:00 GMT"))
    sent = (("Content-Type", "text/xml; charset=utf-8"), ("Authorization", "Basic b3JnYW5pemVyMDpzZWNyZXQtd29yZA=="))
    return Exchange(
        Request("POST", "https://meetproof.example/EWS/Exchange.asmx", sent, ask.encode()),
        Response(200, "OK", headers, answer.encode()),
    )


def say(line: str) -> None:
    """One line of the result."""
    sys.stdout.write(f"{line}\n")


def ratio(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> tuple[float, float, float]:
    """Median seconds of ours and of theirs, interleaved, and how many times faster ours is."""
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for act, times in zip((ours, theirs), spent, strict=True):
            start = time.perf_counter()
            act()
            times.append(time.perf_counter() - start)
    medians = statistics.median(spent[0]), statistics.median(spent[1])
    return medians[0], medians[1], medians[1] / medians[0]


def bench_append(exchanges: int = 300, items: int = 3, rounds: int = 5) -> float:
    """Writing exchanges to a file one by one, against yaml.CDumper writing the same; then the whole of append."""
    recorded = [find_item(items, f"{n:06}", 5) for n in range(exchanges)]
    written = [redact(exchange) for exchange in recorded]
    with tempfile.TemporaryDirectory() as folder:

        def ours() -> None:
            with (Path(folder) / "ours.yaml").open("wb", buffering=0) as file:
                for exchange in written:
                    file.write(encode(exchange))

        def theirs() -> None:
            with (Path(folder) / "theirs.yaml").open("w", encoding="utf-8") as file:
                for exchange in written:
                    yaml.dump([layout(exchange)], file, Dumper=yaml.CDumper)

        def append() -> None:
            with CassetteWriter(Path(folder) / "whole.yaml", {}, existing="replace") as writer:
                for exchange in recorded:
                    writer.append(exchange)

        one, other, times = ratio(ours, theirs, rounds)
        whole = min(_spent(append) for _ in range(rounds))
        assert len(read_cassette(Path(folder) / "whole.yaml").exchanges) == exchanges
    say(
        f"append: {exchanges / one:,.0f} exchanges/s ({exchanges / whole:,.0f} with redaction and leak search),"
        f" yaml.CDumper {exchanges / other:,.0f}: {times:.1f} times"
    )
    return times


def layout(exchange: Exchange) -> dict[str, object]:
    """An exchange as vcrpy's dictionaries."""
    request, response = exchange.request, exchange.response
    return {
        "request": {
            "method": request.method,
            "uri": request.url,
            "headers": {name: [value] for name, value in request.headers},
            "body": request.body.decode(),
        },
        "response": {
            "status": {"code": response.status, "message": response.reason},
            "headers": {name: [value] for name, value in response.headers},
            "body": {"string": response.body.decode()},
        },
    }


def bench_diff(items: int = 45, rounds: int = 3) -> float:
    """Comparing two FindItem answers that differ in volatile values only, against xmldiff on the same two bodies."""
    left, right = find_item(items, "A1", 5), find_item(items, "B2", 6)
    edited = find_item(items, "B2", 6, place="Room 2", changed=items)
    assert compare([left], [right]) == (), "differences where there are none"
    assert [each.path.rpartition("/")[2] for each in compare([left], [edited])] == ["t:Location"], "an edit was missed"
    trees = [etree.parse(io.BytesIO(each.response.body)) for each in (left, right)]
    one, other, times = ratio(lambda: compare([left], [right]), lambda: xmldiff.diff_trees(*trees), rounds)
    size = len(left.response.body) / 1000
    say(f"diff of {size:.0f} kB: {one * 1000:.1f} ms, xmldiff {other * 1000:.0f} ms: {times:.0f} times")
    return times


def bench_load(exchanges: int = 1000, items: int = 3, rounds: int = 3) -> float:
    """Opening a cassette and decoding every exchange of it, against vcrpy loading the same with the C loader."""
    recorded = [find_item(items, f"{n:06}", 5) for n in range(exchanges)]
    with tempfile.TemporaryDirectory() as folder:
        ours_path, theirs_path = Path(folder) / "ours.yaml", Path(folder) / "theirs.yaml"
        with CassetteWriter(ours_path, {}) as writer:
            written = [writer.append(exchange) for exchange in recorded]
        made = [layout(exchange) for exchange in written]
        requests = [
            VcrRequest(*(each["request"][key] for key in ("method", "uri", "body", "headers"))) for each in made
        ]  # type: ignore[index]
        theirs = serialize({"requests": requests, "responses": [each["response"] for each in made]}, yamlserializer)
        theirs_path.write_text(theirs, encoding="utf-8")

        def ours() -> None:
            assert len([each.request for each in read_cassette(ours_path).exchanges]) == exchanges

        def by_vcrpy() -> None:
            assert len(deserialize(theirs_path.read_text(encoding="utf-8"), yamlserializer)[0]) == exchanges

        one, other, times = ratio(ours, by_vcrpy, rounds)
        opening = min(_spent(lambda: read_cassette(ours_path)) for _ in range(3))
    say(
        f"load of {exchanges}: {one * 1000:.0f} ms (opened after {opening * 1000:.1f} ms),"
        f" vcrpy {other * 1000:.0f} ms: {times:.0f} times"
    )
    return times


def _spent(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


# What is promised: how many times faster ours must be.
PROMISED = {"append": (bench_append, 5.0), "diff": (bench_diff, 100.0), "load": (bench_load, 10.0)}


def main(arguments: list[str] | None = None) -> int:
    """Runs the chosen benchmarks; 1 when one falls short of what is promised."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("which", nargs="*", choices=[*PROMISED, []], help="default: all")
    chosen = parser.parse_args(arguments).which or list(PROMISED)
    short = 0
    for name in chosen:
        bench, promised = PROMISED[name]
        times = bench()
        if times < promised:
            say(f"{name}: {times:.1f} times is less than the promised {promised:g}")
            short = 1
    return short


if __name__ == "__main__":
    sys.exit(main())
