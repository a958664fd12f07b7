"""A customer's own data, all of it, as files that any program reads, encrypted to a key that only they hold."""
