"""Cases of bad input and of the transport itself."""
