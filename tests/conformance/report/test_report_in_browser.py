from __future__ import annotations

import pytest

from conformance.model.verdict import Verdict
from conformance.report import write_report

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("chromium")]

LONG = "a-requirement-that-is-spoken-of-by-a-case-with-a-name-of-some-length"
FAIL, PASS = Verdict.FAIL, Verdict.PASS

# Relative luminance and contrast as WCAG 2.2 defines them.
CONTRAST = """
const light = (colour) => {
  const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((one) => one / 255)
    .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (!/, 0\\)$/.test(colour)) return colour;
  }
  return "rgb(255, 255, 255)";
};
return [...document.querySelectorAll("h1, h2, p, a, td, th, summary, .verdict, .faint, dt, label, button, code")]
  .filter((one) => one.checkVisibility())
  .map((one) => {
    const [a, b] = [light(getComputedStyle(one).color), light(behind(one))];
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), one.className || one.tagName];
  })
  .filter(([ratio]) => ratio < 4.5);
"""


@pytest.fixture
def browser(chromium, run_of, made, tmp_path):
    """The page of a run with something of everything, on a screen; no test may leave anything in the console."""
    records = [made(f"x.{LONG}", pairing, A_1=FAIL, A_2=PASS) for pairing in ("ews-ews", "graph-graph")]
    records += [made("x.quiet", "ews-ews", "availability", A_2=PASS), made("x.left-out", A_3=Verdict.SKIPPED)]
    write_report(run_of(*records), tmp_path)
    show(chromium, 1280)
    chromium.get((tmp_path / "index.html").as_uri())
    yield chromium
    assert [entry["message"] for entry in chromium.get_log("browser")] == []


def show(browser, width, scheme="light", media=""):
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})


def run(browser, script):
    return browser.execute_script(f"return {script}")


def shown(browser):
    """The cases and requirements that are shown, by their ids."""
    return run(
        browser,
        "[...document.querySelectorAll('[data-verdict]')].filter(one => one.checkVisibility()).map(one => one.id)",
    )


def press(browser, *keys):
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(browser).send_keys(*keys).perform()


def filtered(browser, eventually):
    """Wait until the page tells what it shows."""
    return eventually(lambda: run(browser, "document.querySelector('output').value"))


@pytest.mark.parametrize("width", [360, 400, 1280])
def test_the_page_is_readable_on_a_phone_and_on_a_screen(browser, width):
    show(browser, width)
    assert run(browser, "document.documentElement.scrollWidth") <= width
    tables = run(browser, "[...document.querySelectorAll('table.stack')].map(table => table.scrollWidth)")
    assert all(found <= width for found in tables)
    # What failed is open, what passed is not, and nothing was fetched.
    assert run(browser, "document.querySelectorAll('section > details[open]').length") == 2
    assert run(browser, "performance.getEntriesByType('resource').length") == 0


def test_the_diagram_fits_a_phone_and_shows_who_said_what(browser):
    show(browser, 400)
    diagram = "document.querySelector('section > details[open] svg')"
    assert run(browser, f"{diagram}.checkVisibility()")
    assert run(browser, f"{diagram}.parentElement.scrollWidth <= {diagram}.parentElement.clientWidth")
    texts = run(browser, f"[...{diagram}.querySelectorAll('text')].map(one => one.textContent)")
    assert texts[:3] == ["organizer", "server", "attendee"]
    assert "2 GetItem" in texts
    assert "500 ErrorX, fail" in texts
    boxes = run(
        browser, f"[...{diagram}.querySelectorAll('text')].map(one => one.getBBox()).map(one => [one.x, one.width])"
    )
    widest = run(browser, f"{diagram}.width.baseVal.value")
    assert all(x >= 0 and x + width <= widest for x, width in boxes)


def test_what_was_not_met_is_found_by_keyboard(browser, eventually):
    from selenium.webdriver.common.keys import Keys

    press(browser, Keys.TAB)
    assert run(browser, "document.activeElement.textContent") == "Skip to what was not met"
    press(browser, Keys.ENTER)
    eventually(lambda: run(browser, "location.hash") == "#failed")
    press(browser, Keys.TAB)
    assert run(browser, "document.activeElement.textContent") == "A-1"
    press(browser, Keys.ENTER)
    eventually(lambda: run(browser, "document.activeElement.id") == "A-1")
    press(browser, Keys.TAB)  # the document that it is from
    assert run(browser, "document.activeElement.textContent") == "MS-OXWSMTGS 3.1"
    press(browser, Keys.TAB, Keys.ENTER)  # open its list of cases
    press(browser, Keys.TAB, Keys.ENTER)  # and go to the first
    eventually(lambda: run(browser, "document.activeElement.tagName") == "SUMMARY")
    eventually(lambda: run(browser, "document.activeElement.closest('details').dataset.verdict") == "fail")
    top = run(browser, "document.activeElement.getBoundingClientRect().top")
    assert 0 <= top < 900


def test_text_verdict_and_area_filter_cases_and_requirements(browser, eventually):
    from selenium.webdriver.common.keys import Keys

    assert len(shown(browser)) == 7
    press(browser, "/", "quiet")
    assert filtered(browser, eventually) == "1 cases and 1 requirements are shown"
    assert shown(browser) == ["A-2", "case-x-quiet-ews-ews"]
    assert not run(browser, "document.getElementById('scenario-wire').checkVisibility()")
    press(browser, *[Keys.BACKSPACE] * 5, Keys.TAB, Keys.TAB)
    eventually(lambda: len(shown(browser)) == 7)
    run(browser, "document.querySelector('input[value=fail]').click()")
    eventually(lambda: len(shown(browser)) == 3)
    run(browser, "document.querySelector('input[value=skipped]').click()")
    eventually(lambda: len(shown(browser)) == 5)
    run(browser, "document.querySelector('button[type=reset]').click()")
    eventually(lambda: len(shown(browser)) == 7)
    areas = run(browser, "[...document.querySelectorAll('select option')].map(one => one.textContent)")
    assert areas == ["all areas", "area"]


def test_a_link_to_what_the_filter_hides_shows_it_again(browser, eventually):
    press(browser, "/", "quiet")
    filtered(browser, eventually)
    run(browser, "location.hash = '#A-3'")
    eventually(lambda: len(shown(browser)) == 7)
    assert run(browser, "document.activeElement.id") == "A-3"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_has_contrast_in_light_and_in_dark(browser, scheme):
    show(browser, 1280, scheme)
    assert browser.execute_script(CONTRAST) == []
    assert run(browser, "getComputedStyle(document.documentElement).colorScheme") == scheme


def test_the_theme_can_be_changed_by_hand(browser):
    paper = "getComputedStyle(document.body).backgroundColor"
    before = run(browser, paper)
    run(browser, "document.getElementById('theme').click()")
    assert run(browser, paper) != before
    run(browser, "document.getElementById('theme').click()")
    assert run(browser, paper) == before


def test_the_printed_page_is_light_and_has_no_form(browser):
    show(browser, 1280, "dark", "print")
    assert not run(browser, "document.getElementById('filter').checkVisibility()")
    assert run(browser, "getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_everything_is_named_for_people_who_cannot_see_it(browser):
    named = "a, button, input, select, summary, [role=region], [role=group], table, svg"
    tree = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = {"link", "button", "textbox", "searchbox", "combobox", "checkbox", "region", "search", "group"}
    nameless = [
        node
        for node in tree
        if not node.get("ignored")
        and node.get("role", {}).get("value") in roles
        and not node.get("name", {}).get("value")
        and node["role"]["value"] != "group"
    ]
    assert nameless == []
    assert run(browser, f"document.querySelectorAll('{named}').length") > 10
    headers = "[...document.querySelectorAll('th')].every(one => one.scope === 'col' || one.scope === 'row')"
    assert run(browser, headers)
