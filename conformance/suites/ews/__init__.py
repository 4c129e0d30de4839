"""Cases of the EWS documents, spoken in EWS alone."""
