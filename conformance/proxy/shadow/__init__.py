"""Live traffic mirrored from the server that answers it to one that is to take its place."""
