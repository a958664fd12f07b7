"""Prints how many seconds each of ROUNDS new schemas took."""

import sys
import time

import django

# ruff: noqa: E402 - models can be imported once Django is set up
django.setup()

from django.core.management import call_command

from bench.stock.models import Client, Domain


def main(rounds: int) -> None:
    call_command("migrate_schemas", shared=True, verbosity=0, interactive=False)
    for number in range(rounds + 1):
        began = time.perf_counter()
        tenant = Client.objects.create(schema_name=f"s{number}", name=f"s{number}")
        Domain.objects.create(domain=f"s{number}.example.com", tenant=tenant, is_primary=True)
        if number:
            print("seconds", time.perf_counter() - began)


main(int(sys.argv[1]))
