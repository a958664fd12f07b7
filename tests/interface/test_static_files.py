"""A stylesheet that imports its neighbours is served as one file."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage

from interface.static_files import with_imports


def sheets(**texts: str) -> dict[str, tuple[InMemoryStorage, str]]:
    storage = InMemoryStorage()
    for name, text in texts.items():
        storage.save(f"{name}.css", ContentFile(text.encode()))
    return {f"css/{name}.css": (storage, f"{name}.css") for name in texts}


def test_rules_stand_where_they_were_imported_without_remarks() -> None:
    found = sheets(
        all='/* All. */\n@import url("first.css");\n@import url("paper.css") print;\np {}\n',
        first="/* First. */\na {}\n",
        paper="b {}\n",
    )
    assert with_imports("css/all.css", found) == "a {}\n@media print {\nb {}\n}\np {}\n"


def test_an_import_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        with_imports("css/all.css", sheets(all='@import url("nowhere.css");\n'))


@pytest.mark.parametrize("name", ["css/amana.css", "css/operators.css"])
def test_what_is_served_imports_nothing(databases: None, name: str) -> None:
    served = Path(settings.STATIC_ROOT) / staticfiles_storage.stored_name(name)  # type: ignore[attr-defined]
    text = served.read_text(encoding="utf-8")
    assert "@layer" in text
    assert "@import" not in text


def test_every_stylesheet_is_worn_somewhere() -> None:
    folder = settings.BASE_DIR / "static" / "css"
    worn = "".join((folder / name).read_text(encoding="utf-8") for name in ("amana.css", "operators.css"))
    names = {path.name for path in folder.iterdir()} - {"amana.css", "operators.css"}
    assert {name for name in names if f'url("{name}")' not in worn} == set()
