"""$metadata: what types, properties and operations there are, made from the schemas, field tables and routes."""
