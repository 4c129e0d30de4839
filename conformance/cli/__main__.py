"""``python -m conformance.cli`` is the ``meetproof`` command."""

from conformance.cli import main

main()
