"""Who is calling: the authentication schemes of HTTP, turned into a mailbox."""
