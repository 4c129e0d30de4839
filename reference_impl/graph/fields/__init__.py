"""Field tables: what each resource shows, filters and sorts by."""
