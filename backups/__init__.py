"""Encrypted copies of every tenant, proven by restoring them: taken, kept, drilled, restored."""
