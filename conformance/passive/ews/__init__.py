"""Passive checks of Exchange Web Services."""
