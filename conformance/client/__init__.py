"""How the suite reaches a server: transports (live, tape, in-process) and authentication."""
