from __future__ import annotations

import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from conformance.catalogue import anchor, standard_catalogue
from conformance.model.record import ShownMessage
from conformance.model.requirement import Source
from conformance.model.verdict import Verdict
from conformance.report import html, write_report
from conformance.report.coverage import as_html, coverage
from conformance.report.diagram import lanes_of, svg

PASS, FAIL = Verdict.PASS, Verdict.FAIL


class Reader(HTMLParser):
    """Notes elements, links, ids and texts, and holds that what is opened is closed."""

    VOID = frozenset({"meta", "br", "link", "img", "input"})

    def __init__(self):
        super().__init__()
        self.stack, self.tags, self.links, self.ids, self.texts = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        found = dict(attrs)
        self.links += [found[name] for name in ("href", "src") if name in found]
        self.ids += [found["id"]] if "id" in found else []
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        if self.stack and self.stack[-1] not in {"script", "style"}:
            self.texts.append(data)


@pytest.fixture
def page(run_of, made):
    profile = {
        "name": "p",
        "title": "P",
        "result": "not conformant",
        "core": {"fail": 1, "not run": 2},
        "extended": {},
    }
    run = run_of(
        made("x.b", A_1=PASS, A_2=FAIL), made("x.a", "graph-graph", "availability", A_1=PASS), profiles=(profile,)
    )
    reader = Reader()
    reader.feed(html.text(run))
    assert reader.stack == []
    return reader


def test_the_page_needs_no_network(page):
    assert not {"img", "iframe", "object", "embed"} & set(page.tags)
    elsewhere = {link for link in page.links if not link.startswith(("#", "data:"))}
    assert elsewhere - {anchor(Source("MS-OXWSMTGS", "3.1"))} == {"report.json", "junit.xml", "coverage.html"}
    assert page.tags.count("script") == 1


def test_every_link_within_the_page_leads_somewhere_and_no_id_is_given_twice(page):
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_the_page_tells_sentence_citation_expected_actual_and_exchanges(page):
    text = " ".join(" ".join(page.texts).split())
    for words in (
        "A <server>",
        "<A-2> holds & stays.",
        "MS-OXWSMTGS 3.1 ; Microsoft's R218; ruling 0007, What holds",
        "SHOULD, documented",
        'expected "a" or "b"',
        'actual "<script>"',
        "exchange 2",
        "t:Body",
        "<a>&amp;</a>",
        "2. attendee GetItem 500 ErrorX",
        "2 lines more",
        "organizer's item AAMk<1>",
        "Recorded as x.b--ews-ews.yaml",
        "not conformant",
        "2 not run",
    ):
        assert words in text, words


def test_headings_go_down_by_one(page):
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in itertools.pairwise(levels))


def test_the_messages_of_a_case_that_passed_are_not_on_the_page(run_of, made):
    text = html.text(run_of(made("x.a", A_1=PASS)))
    assert "Host: x" not in text
    assert "1 CreateItem" in text  # in the diagram


@pytest.mark.parametrize(
    ("text", "matters", "parts"),
    [
        ("a\nb\nc", ((2, 2),), [(False, 1, "a"), (True, 1, "b"), (False, 1, "c")]),
        ("a\nb\nc", ((1, 3),), [(True, 3, "a\nb\nc")]),
        ("a\nb\nc", (), [(False, 3, "a\nb\nc")]),
        ("a\nb\nc\nd", ((1, 1), (3, 4)), [(True, 1, "a"), (False, 1, "b"), (True, 2, "c\nd")]),
    ],
)
def test_a_message_is_folded_around_what_matters(text, matters, parts):
    assert list(html.folds(ShownMessage(text, matters))) == parts


def test_the_diagram_has_the_server_between_the_organizer_and_the_others(made):
    record = made("x.a", A_1=FAIL)
    act, look = record.exchanges
    more = (act, look, replace(look, who="attendee1"), replace(look, who="organizer"), replace(look, who=""))
    assert lanes_of(more) == ["organizer", "server", "attendee", "attendee1", "client"]
    assert lanes_of((look,)) == ["attendee", "server"]


def test_the_diagram_has_an_arrow_for_every_exchange_with_operation_outcome_and_verdict(made):
    drawn = svg(made("x.a", A_1=FAIL), "case")
    assert drawn.count("<g class=") == 2
    assert '<g class="a-unchecked"><title>1 CreateItem: 200</title>' in drawn
    assert '<g class="a-fail"><title>2 GetItem: 500 ErrorX, fail</title>' in drawn
    assert '<a href="#case-2">' in drawn
    assert "<a " not in svg(made("x.a", A_1=PASS), "case")


def test_the_diagram_cuts_long_names_and_escapes_them(made):
    record = made("x.a", A_1=PASS)
    named = replace(record.exchanges[0], operation="<" + "long" * 30)
    drawn = svg(replace(record, exchanges=(named,)), "case")
    assert "…</text>" in drawn
    assert "<long" not in drawn


def test_the_page_leads_to_the_coverage_of_the_same_run(run_of, made, tmp_path):
    record = made("x.a", EWS_MTG_165=PASS)
    run = run_of(record, catalogue=standard_catalogue())
    write_report(run, tmp_path)
    assert '<a href="coverage.html">' in (tmp_path / "index.html").read_text(encoding="utf-8")
    told = (tmp_path / "coverage.html").read_text(encoding="utf-8")
    assert told == as_html(coverage(standard_catalogue(), {"EWS-MTG-165": "pass"}), standard_catalogue())
