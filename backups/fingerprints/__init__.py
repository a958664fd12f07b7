"""What is in a database, as numbers that a restored one must give again: rows and content of each table, sequences.

A table's digest is the sum of the SHA-256 of its rows, modulo 2^256 (Bellare and Micciancio's AdHash): the order of
rows doesn't matter, one changed byte does. A row is a line of PostgreSQL's COPY, as pg_dump writes it. When a copy is
taken they are counted off the dump as it goes by (`dumps`); when it was restored, they are read from the database
(`databases`). Who forges a copy meets the signature of its manifest; this finds what went wrong on the way.
"""
