"""An app that today's release doesn't have yet: a table, and nothing else."""
