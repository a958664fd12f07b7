"""What beat and people ask of schedules."""
