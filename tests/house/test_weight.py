from tests.house.reading import ROOT, texts


def test_our_own_javascript_has_600_lines_at_most() -> None:
    """Another behaviour? A browser may have it already: a form, details, dialog, popover."""
    ours = ROOT / "static" / "js"
    lines = {path.name: len(text.splitlines()) for path, text in texts(".js") if path.is_relative_to(ours)}
    assert sum(lines.values()) <= 600, lines
