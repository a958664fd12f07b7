"""Argon2id as the product has it, at the least cost that it knows: tests aren't about how long a password takes."""

from django.contrib.auth.hashers import Argon2PasswordHasher

PRODUCTS = (
    Argon2PasswordHasher.time_cost,
    Argon2PasswordHasher.memory_cost,
    Argon2PasswordHasher.parallelism,
)


def make_cheap() -> None:
    """In this process. Others keep the product's cost; what one has hashed the other verifies."""
    Argon2PasswordHasher.time_cost = 1
    Argon2PasswordHasher.memory_cost = 8  # KiB
    Argon2PasswordHasher.parallelism = 1
