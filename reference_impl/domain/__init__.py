"""Mailboxes, calendars and meetings as plain values: no wire words, no input or output."""
