"""What ./run starts when no server is configured, and the supervisor of all processes. Needs Linux: /proc."""
