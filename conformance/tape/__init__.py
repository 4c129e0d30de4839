"""Recordings: exchanges to text and back, redaction, normalisation, matching and comparison. Pure over ``Exchange``."""
