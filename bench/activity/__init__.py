"""The cost of a log: one model of 15 columns, bare, with ours, and with three libraries."""
