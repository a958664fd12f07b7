"""Countries by ISO 3166-1 alpha-2, by name, as in `countries.csv`."""

import csv
from functools import cache
from pathlib import Path


@cache
def countries() -> list[tuple[str, str]]:
    """Pairs of code and English name, in the order of names. A callable: a new one is no migration."""
    with (Path(__file__).parent / "countries.csv").open(encoding="utf-8", newline="") as lines:
        return [(row["code"], row["name"]) for row in csv.DictReader(lines)]
