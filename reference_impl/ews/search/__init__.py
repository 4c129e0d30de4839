"""Searching: restrictions, query strings, sort orders and groupings over the field tables ([MS-OXWSSRCH])."""
