"""Passive checks of Microsoft Graph."""
