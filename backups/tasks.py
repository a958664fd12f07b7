"""What beat and people ask of the workers `backup`, `drill` and `restore`."""
