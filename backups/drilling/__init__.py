"""Restore drills: a copy counts once it was restored, compared, answered on, and taken away again."""
