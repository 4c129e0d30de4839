"""The pages as a browser shows and sends them."""

from __future__ import annotations

import asyncio
import threading

import httpx
import pytest

from reference_impl.server import Options, application, bind, listen
from tests.reference_impl.oauth.calling import members_of

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("chromium")]


@pytest.fixture
def origin():
    """A server that a thread of its own serves on loopback."""
    app, told, answers = application(Options()), {}, threading.Event()

    async def serve() -> None:
        told["loop"], told["server"] = asyncio.get_running_loop(), await listen(app, bind("127.0.0.1", 0))
        answers.set()
        await told["server"].task

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert answers.wait(30)
    yield told["server"].origin
    told["loop"].call_soon_threadsafe(told["server"].stop)
    thread.join(30)
    app.world.store.close()


@pytest.fixture
def browser(chromium):
    """The browser, which waits for pages to come; what refusals leave in its console is nobody's."""
    chromium.implicitly_wait(10)
    yield chromium
    chromium.implicitly_wait(0)
    chromium.get_log("browser")


def type_in(browser, **fields):
    for name, text in fields.items():
        field = browser.find_element("id", name)
        field.clear()
        field.send_keys(text)


def press(browser, label):
    browser.find_element("xpath", f"//button[text()='{label}']").click()


def asked(origin, **more):
    query = {"client_id": "browser", "response_type": "code", "scope": "User.Read", "state": "s"}
    query |= {"redirect_uri": f"{origin}/back"} | more
    return f"{origin}/common/oauth2/v2.0/authorize?{httpx.QueryParams(query)}"


def test_somebody_signs_in_after_a_wrong_password(browser, origin):
    browser.get(asked(origin))
    type_in(browser, username="AlexW@contoso.com", password="wrong")
    press(browser, "Sign in")
    assert browser.find_element("css selector", "[role=alert]").text
    assert browser.find_element("id", "username").get_attribute("value") == "AlexW@contoso.com"
    type_in(browser, password="meetproof")
    press(browser, "Sign in")
    assert "Nothing is served here" in browser.find_element("xpath", "//pre").text
    back = members_of(browser.current_url)
    assert back["state"] == "s"
    form = {"grant_type": "authorization_code", "client_id": "browser", "code": back["code"]}
    form |= {"redirect_uri": f"{origin}/back"}
    answer = httpx.post(f"{origin}/common/oauth2/v2.0/token", data=form, trust_env=False)
    assert answer.json()["access_token"]


def test_the_code_is_posted_where_the_client_asked_for_it(browser, origin):
    browser.get(asked(origin, response_mode="form_post"))
    type_in(browser, username="AlexW@contoso.com", password="meetproof")
    press(browser, "Sign in")
    assert "Nothing is served here" in browser.find_element("xpath", "//pre").text
    assert browser.current_url == f"{origin}/back"


def test_whoever_cancels_types_nothing(browser, origin):
    browser.get(asked(origin))
    press(browser, "Cancel")
    assert "Nothing is served here" in browser.find_element("xpath", "//pre").text
    assert members_of(browser.current_url)["error"] == "access_denied"


def test_a_devices_code_is_entered(browser, origin):
    form = {"client_id": "tv", "scope": "User.Read"}
    device = httpx.post(f"{origin}/common/oauth2/v2.0/devicecode", data=form, trust_env=False).json()
    browser.get(device["verification_uri"])
    type_in(browser, user_code=device["user_code"], username="AlexW@contoso.com", password="meetproof")
    press(browser, "Sign in")
    assert browser.find_element("xpath", "//h1[text()='Signed in']")
    form = {"grant_type": "device_code", "client_id": "tv", "device_code": device["device_code"]}
    answer = httpx.post(f"{origin}/common/oauth2/v2.0/token", data=form, trust_env=False)
    assert answer.json()["access_token"]
