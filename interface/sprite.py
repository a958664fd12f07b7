"""The icons of `static/vendor/lucide/names.txt` in one file: `python -m interface.sprite FOLDER_OF_LUCIDES_ICONS`."""

import re
import sys
from pathlib import Path

LUCIDE = Path(__file__).resolve().parents[1] / "static" / "vendor" / "lucide"
DRAWING = re.compile(r"<svg\b[^>]*>(.*)</svg>", re.DOTALL)


def sprite(icons: Path, names: list[str]) -> str:
    """A symbol for each name; `.icon` in base.css decides on line and colour. FileNotFoundError for an unknown one."""
    symbols = "\n".join(_symbol(name, (icons / f"{name}.svg").read_text(encoding="utf-8")) for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def _symbol(name: str, svg: str) -> str:
    found = DRAWING.search(svg)
    if found is None:
        raise ValueError(f"{name}.svg is no drawing.")
    shapes = re.sub(r"\s*\n\s*", "", found[1]).replace(" />", "/>")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>'


if __name__ == "__main__":
    wanted = (LUCIDE / "names.txt").read_text(encoding="utf-8").split()
    (LUCIDE / "icons.svg").write_text(sprite(Path(sys.argv[1]), wanted), encoding="utf-8")
