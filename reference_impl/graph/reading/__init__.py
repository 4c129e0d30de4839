"""Request bodies: from JSON to the domain's values."""
