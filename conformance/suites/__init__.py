"""The cases: pytest functions that play a scenario for every permitted pairing of protocols."""
