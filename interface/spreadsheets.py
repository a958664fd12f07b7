"""What a spreadsheet must not take for more than text."""

# What a spreadsheet takes for a formula, full-width letters of Chinese input among it (OWASP, CSV injection).
FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def harmless(cell: str) -> str:
    """The cell as text: an apostrophe before what a spreadsheet would otherwise calculate."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
