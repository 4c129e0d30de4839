"""The field tables: field URI <-> element <-> domain value, one table per kind of item."""
