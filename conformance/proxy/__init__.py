"""The recording proxy: a thin mitmproxy addon over pure modules, and a runner."""
