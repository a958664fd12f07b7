"""Structured logs: what is said, how a line looks, and for whom the work was."""
