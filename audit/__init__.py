"""What happened, written by PostgreSQL itself so that it can't be skipped."""
