"""What travels: operations named, bodies parsed, addressed by path and checked against the schemas."""
