"""Where mailboxes are kept: one unit of work per act, on SQLAlchemy Core."""
