"""The acts: load, decide in the domain, save, deliver; each act is one transaction over every mailbox it touches."""
