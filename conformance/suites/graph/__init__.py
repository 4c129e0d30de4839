"""Cases of the Graph documents, spoken in Graph alone."""
