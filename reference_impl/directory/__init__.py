"""Who has a mailbox on this server."""
