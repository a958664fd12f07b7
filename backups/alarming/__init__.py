"""What must be looked at: alarms opened once, told by letter and webhook, and closed when they are over."""
