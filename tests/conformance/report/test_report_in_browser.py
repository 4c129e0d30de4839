from __future__ import annotations

import shutil

import pytest

from conformance.model.verdict import Verdict
from conformance.report import write_report

pytestmark = pytest.mark.chromium

LONG = "a-requirement-that-is-spoken-of-by-a-case-with-a-name-of-some-length"


@pytest.fixture
def browser():
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = shutil.which("chromium")
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(argument)
    opened = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    yield opened
    opened.quit()


def test_the_page_is_readable_on_a_phone_and_on_a_screen(browser, run_of, made, tmp_path):
    records = [made(f"x.{LONG}", pairing, A_1=Verdict.FAIL, A_2=Verdict.PASS) for pairing in ("ews-ews", "graph-graph")]
    write_report(run_of(*records), tmp_path)
    for width in (360, 1280):
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        browser.get((tmp_path / "index.html").as_uri())
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        requirements = "return [...document.querySelectorAll('table.stack')].map(table => table.scrollWidth)"
        assert all(found <= width for found in browser.execute_script(requirements))
        # What failed is open, what passed is not, and nothing was fetched.
        assert browser.execute_script("return document.querySelectorAll('main > details[open]').length") == 2
        assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0
