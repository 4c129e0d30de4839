"""A faithful reference server for the meeting workflows of EWS and Microsoft Graph."""

__version__ = "0.1.0"
