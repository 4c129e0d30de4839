"""The suite's values: exchanges, requirements, verdicts. Standard library only."""
