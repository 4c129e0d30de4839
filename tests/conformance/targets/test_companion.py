from __future__ import annotations

import os
import sys
import time

import pytest

from conformance.targets.process import NotReady, companion


def program(text):
    return [sys.executable, "-c", text]


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_companion_runs_while_the_block_does():
    text = "import json, os, time; print(json.dumps({'pid': os.getpid()}), flush=True); time.sleep(60)"
    with companion(program(text), "sleeper") as ready:
        assert alive(ready["pid"])
    assert not alive(ready["pid"])


def test_a_companion_that_ends_early_is_told_with_its_own_words():
    with (
        pytest.raises(NotReady, match="The thing did not start: the port is taken"),
        companion(program("import sys; sys.exit('the port is taken')"), "thing"),
    ):
        pass


def test_a_companion_that_says_something_else_is_told():
    with pytest.raises(NotReady, match="hello"), companion(program("print('hello')"), "thing"):
        pass


def test_a_companion_that_says_nothing_is_given_up():
    begun = time.monotonic()
    with (
        pytest.raises(NotReady, match=r"said nothing for 0\.2 s"),
        companion(program("import time; time.sleep(60)"), "thing", timeout=0.2),
    ):
        pass
    assert time.monotonic() - begun < 10


def test_a_companion_may_say_more_than_a_pipe_holds():
    text = "import json; print(json.dumps({'ok': 1}), flush=True); print('x' * 1_000_000, flush=True); print('done')"
    with companion(program(text), "talker") as ready:
        assert ready == {"ok": 1}
