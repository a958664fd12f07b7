"""The square says what it should: read back from its path, module by module."""

import re

import segno

from accounts.second_factor.squares import QUIET, square_of

TEXT = "otpauth://totp/Amana%20Acme:alice@acme.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Amana%20Acme"


def test_the_path_draws_each_dark_module_and_no_light_one() -> None:
    square = square_of(TEXT)
    drawn = {
        (int(x) + step, int(y))
        for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", square.path)
        for step in range(int(run))
    }
    matrix = segno.make(TEXT, error="l", boost_error=False, micro=False).matrix
    dark = {(x + QUIET, y + QUIET) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
    assert drawn == dark
    assert square.side == len(matrix) + 2 * QUIET
