"""How passive checks are told of exchanges, and what becomes of their findings."""

from __future__ import annotations

from conformance.catalogue import standard_catalogue
from conformance.expect import Ledger
from conformance.model.exchange import Exchange, Request, Response
from conformance.model.verdict import Verdict
from conformance.passive import CHECKS, Finding, PassiveCheck, Seen, Watch, judged, passive_requirements, stateless
from conformance.suites.observed import Observed
from conformance.suites.passive import watch_over
from conformance.wire.operation import Protocol

ASKED = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Header>'
    '<t:RequestServerVersion Version="{}"/></s:Header><s:Body/></s:Envelope>'
)


def ews(version="Exchange2016", answer=b""):
    request = Request("POST", "https://mail.example/EWS/Exchange.asmx", (), ASKED.format(version).encode())
    return Exchange(request, Response(200, "OK", (), answer))


def test_every_check_has_a_name_of_its_own_and_speaks_of_known_requirements():
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    for requirement in passive_requirements():
        standard_catalogue().requirement(requirement)


def test_a_check_is_begun_anew_for_each_recording_and_told_every_exchange_in_turn():
    told = []

    def begin():
        numbers = []
        told.append(numbers)
        return lambda seen: numbers.append(seen.number) or ()

    check = PassiveCheck("counting", (), begin)
    for _ in range(2):
        watch = Watch([check])
        for number in (1, 2):
            assert list(watch.see(Seen(ews(), number))) == []
    assert told == [[1, 2], [1, 2]]


def test_a_finding_counts_where_its_requirement_applies_to_the_version_asked_for():
    later = next(one for one in standard_catalogue().requirements.values() if one.since == "Exchange2013_SP1")
    check = stateless("later", [later.id], lambda seen: [judged(later.id, False, "it")])
    assert list(Watch([check]).see(Seen(ews("Exchange2010")))) == []
    assert [one.requirement for one in Watch([check]).see(Seen(ews("Exchange2016")))] == [later.id]


def test_what_is_met_says_no_more_than_that_and_what_is_not_says_where():
    element = Seen(ews(answer=ASKED.format("x").encode())).answered.headers[0]
    assert judged("X", True, "it", expected="1", actual="1", at=element) == Finding("X", Verdict.PASS)
    assert judged("X", False, "it", expected="1", actual=None, at=element) == Finding(
        "X", Verdict.FAIL, "it", "1", "absent", "response/s:Header/t:RequestServerVersion"
    )


def test_the_ledger_of_a_case_has_each_requirement_that_was_met_once_and_every_breach():
    catalogue = standard_catalogue()
    ledger = Ledger(catalogue, ())
    seen = [Observed(number, Protocol.EWS, "", ews(answer=b"no XML" if number == 2 else b"")) for number in (1, 2)]
    watch_over(seen, ledger)
    schema = [check for check in ledger.checks if check.requirement == "WIRE-EWS-SCHEMA"]
    assert [(check.verdict, check.exchange) for check in schema] == [(Verdict.FAIL, 1), (Verdict.FAIL, 2)]
    assert {one.requirement for one in ledger.outcomes()} <= passive_requirements()


def test_every_envelope_of_a_streamed_answer_is_an_answer_and_what_is_pushed_is_none():
    url = "http://h/EWS/Exchange.asmx"
    asked = b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><GetStreamingEvents/></e:Body></e:Envelope>'
    answers = b"<Envelope>1</Envelope><Envelope>2</Envelope>"
    streamed = Seen(Exchange(Request("POST", url, (), asked), Response(200, body=answers)))
    assert [part.exchange.response.body[10:11] for part in streamed.parts] == [b"1", b"2"]
    told = []
    check = stateless("all", (), lambda seen: told.append(seen.exchange.response.body) or iter(()))
    list(Watch([check]).see(streamed))
    assert len(told) == 2
    pushed = Seen(
        Exchange(Request("POST", url, (), asked.replace(b"GetStreamingEvents", b"SendNotification")), Response(200))
    )
    assert pushed.parts == (pushed,)
    assert pushed.protocol is Protocol.OTHER
