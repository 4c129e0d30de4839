"""The page of meetproof diff: one file that shows both sides, with the lines that differ marked."""

from __future__ import annotations

import re

import pytest

from conformance.diff import Recording, compare_recordings
from conformance.diff.outcome import Compared
from conformance.diff.page import page, section
from conformance.model.exchange import Exchange, Request, Response
from conformance.noise.rules import NO_RULES, rules_of
from tests.conformance.tape.test_compare_meetings import attendee, ews_answer, found, item


def compared(left, right, name="lunch.yaml"):
    return compare_recordings(name, Recording(left), Recording(right))


def shown(*results):
    return page("old", "new", results, [section(one, number) for number, one in enumerate(results, start=1)])


MANY = [item(f"Meeting {number}", number, Location="&lt;Room&gt; &amp; hall") for number in range(12)]
PEOPLE = attendee("ann@x.example", "Accept"), attendee("ann@x.example", "Tentative")
LEFT = (*found(*MANY), ews_answer("<m:Items/>", "CreateItem"), *found(item("Lunch", RequiredAttendees=PEOPLE[0])))
RIGHT = (
    *found(*MANY[:7], *MANY[8:]),
    ews_answer("<m:Items/>", "CreateItem"),
    *found(item("Lunch", RequiredAttendees=PEOPLE[1])),
)
BOTH = compared(LEFT, RIGHT)


def marked(text):
    return re.findall(r"<mark>\s*(.*?)</mark>", text)


def test_both_sides_are_shown_and_the_lines_that_differ_are_marked():
    told = shown(BOTH)
    lines = marked(told)
    assert "&lt;t:ResponseType&gt;Accept&lt;/t:ResponseType&gt;" in lines
    assert "&lt;t:ResponseType&gt;Tentative&lt;/t:ResponseType&gt;" in lines
    assert "&lt;t:Subject&gt;Meeting 7&lt;/t:Subject&gt;" in lines
    assert not any("Meeting 6" in line or "Meeting 8" in line for line in lines)
    assert "&amp;lt;Room&amp;gt; &amp;amp; hall" in told
    assert told.index("attendee ann@x.example&#39;s answer is") < told.index("t:ResponseType&gt;Accept")


def test_every_difference_leads_to_its_line():
    told = shown(BOTH)
    anchors = set(re.findall(r'href="#([^"]+)"', told))
    assert anchors <= set(re.findall(r'id="([^"]+)"', told))
    assert sum(anchor.startswith("l-") for anchor in anchors) == len(BOTH.differences) == 2


def test_what_was_weighed_says_what_it_weighs():
    rule = '[[rule]]\noperation = "*"\npath = "*/t:ResponseType"\nshapes = ["text"]\n'
    rule += 'state = "accepted"\nreason = "So it is."'
    told = shown(BOTH.weighed(rules_of(rule, "rules.toml")))
    assert "<strong>server-specific</strong>: meeting &#34;Lunch&#34;: attendee ann@x.example&#39;s answer is" in told
    assert '<span class="faint">(So it is.)</span>' in told
    assert "<strong>unknown</strong>: meeting &#34;Meeting 7&#34;" in told
    assert "<strong>" not in shown(BOTH)


def test_what_does_not_differ_is_counted_and_not_shown():
    told = shown(BOTH)
    assert "1 other exchange does not differ." in told
    assert "CreateItem" not in told.partition("<main>")[2].partition('id="recordings"')[0]


def test_what_differs_at_an_edge_of_an_exchange_is_marked_too():
    def one(status, **headers):
        return (Exchange(Request("GET", "https://g/v1.0/me/events"), Response(status, "OK", tuple(headers.items()))),)

    assert marked(shown(compared(one(200), one(404)))) == ["HTTP/1.1 200 OK", "HTTP/1.1 404 OK"]
    assert marked(shown(compared(one(200, Etag="a"), one(200, Etag="a", Allow="GET")))) == ["Allow: GET"]
    assert "only on the left" in shown(compared(LEFT, LEFT[:1]))


def test_secrets_stand_on_no_page():
    request = Request("GET", "https://g/v1.0/me", (("Authorization", "Bearer my-secret-token-1234"),))
    left, right = ((Exchange(request, Response(status)),) for status in (200, 500))
    assert "my-secret-token-1234" not in shown(compared(left, right))


def test_the_page_needs_no_network_and_tells_what_could_not_be_told():
    told = shown(Compared("broken.yaml", problem="<not> a cassette"), compared(LEFT, LEFT, "same.yaml"))
    assert "It could not be told: &lt;not&gt; a cassette" in told
    assert not re.findall(r'(?:src|href)="(?!#|data:,)', told)
    assert "No differences" in told
    assert "same.yaml" in told


def test_long_messages_are_set_side_by_side_in_bounded_time():
    def many(place):
        return found(*(item("Meeting", number, Location=place, Body="text " * 3) for number in range(300)))

    result = compared(many("A"), many("B"))
    assert len(result.differences) == 300
    assert shown(result).count("<mark>") == 600


@pytest.fixture
def browser(chromium, tmp_path):
    (tmp_path / "page.html").write_text(shown(BOTH.weighed(NO_RULES)), encoding="utf-8")
    metrics = {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    chromium.get((tmp_path / "page.html").as_uri())
    yield chromium
    assert [entry["message"] for entry in chromium.get_log("browser")] == []


@pytest.mark.chromium
@pytest.mark.xdist_group("chromium")
def test_a_person_walks_the_differences_by_keyboard_and_filters_them(browser, eventually):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    def run(script):
        return browser.execute_script(f"return {script}")

    def press(*keys):
        ActionChains(browser).send_keys(*keys).perform()

    focused = "document.activeElement.id"
    press("n")
    assert run(focused) == "d-1-1"
    press("n")
    assert run(focused) == "d-1-2"
    press("n", "p")
    assert run(focused) == "d-1-2", "after the last comes the first"
    press(Keys.TAB, Keys.ENTER)
    eventually(lambda: run("document.activeElement.tagName") == "TR")
    assert "ResponseType" in run("document.activeElement.textContent")
    assert 0 <= run("document.activeElement.getBoundingClientRect().top") < run("innerHeight")
    folded = "[...document.querySelectorAll('[data-fold]')].filter(one => one.hidden).length"
    before = run(folded)
    assert before > 0, "what does not differ is folded away"
    run("[...document.querySelectorAll('table button')].find(one => one.checkVisibility()).click()")
    assert run(folded) == before - 1
    classes = "[...document.querySelector('select[name=weight]').options].map(one => one.textContent)"
    assert run(classes) == ["all classes", "unknown"]
    press("/", "tentatively")
    eventually(lambda: run("document.querySelector('output').value") == "1 of 2 differences are shown")
    assert run("[...document.querySelectorAll('[data-exchange]')].filter(one => one.checkVisibility()).length") == 1
    run("document.querySelector('button[type=reset]').click()")
    eventually(lambda: run("document.querySelector('output').value") == "2 of 2 differences are shown")
    assert run("document.documentElement.scrollWidth") <= run("innerWidth")
    assert run("performance.getEntriesByType('resource').length") == 0
