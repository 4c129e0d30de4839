"""junit.xml: one suite per scenario, one test case per case and pairing."""

from __future__ import annotations

import re
from itertools import groupby
from xml.etree import ElementTree as ET

from conformance.model.record import CaseRecord
from conformance.model.verdict import Verdict
from conformance.report.run import Run, case_name

# The child element that tells a verdict to readers of JUnit files; a pass has none, and warnings are its output.
_CHILD = {
    Verdict.NOT_APPLICABLE: "skipped",
    Verdict.SKIPPED: "skipped",
    Verdict.INCONCLUSIVE: "error",
    Verdict.FAIL: "failure",
    Verdict.ERROR: "error",
}
# What XML 1.0 cannot hold.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(run: Run) -> str:
    """The run as a JUnit XML document."""
    root = ET.Element("testsuites", name="meetproof")
    for scenario, group in groupby(run.sorted(), key=lambda record: record.result.scenario):
        records = list(group)
        suite = ET.SubElement(root, "testsuite", name=scenario, timestamp=run.started)
        counts = {"tests": len(records), "failures": 0, "errors": 0, "skipped": 0}
        for record in records:
            child = _append(suite, scenario, record)
            if child:
                counts["skipped" if child == "skipped" else f"{child}s"] += 1
        seconds = sum(record.result.seconds for record in records)
        suite.attrib.update({name: str(count) for name, count in counts.items()} | {"time": f"{seconds:.3f}"})
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _append(suite: ET.Element, scenario: str, record: CaseRecord) -> str:
    result = record.result
    case = ET.SubElement(suite, "testcase", classname=scenario, name=case_name(record), time=f"{result.seconds:.3f}")
    telling = [outcome for outcome in result.outcomes if outcome.verdict > Verdict.PASS]
    unknown = [outcome for outcome in telling if outcome.verdict > Verdict.WARNING and not outcome.known]
    child = _CHILD.get(result.verdict, "")
    if child in {"failure", "error"} and not unknown:
        child = "skipped"
    if record.problems:
        child = "failure"
    if result.verdict is Verdict.WARNING and not child:
        ET.SubElement(case, "system-out").text = _writable("\n\n".join(one.message for one in telling if one.message))
    if child:
        heading = ", ".join(
            f"{one.requirement} {one.verdict.word}" + (f" (known: {one.known})" if one.known else "") for one in telling
        )
        words = "\n\n".join(dict.fromkeys(one.message for one in telling if one.message)) or result.message
        words = "\n\n".join((*record.problems, words)) if record.problems else words
        heading = "; ".join(record.problems) or heading
        told = ET.SubElement(case, child, message=_writable(heading or result.message), type=result.verdict.word)
        told.text = _writable(words)
    return child


def _writable(words: str) -> str:
    return _UNWRITABLE.sub("\ufffd", words)
