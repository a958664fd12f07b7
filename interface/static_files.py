"""Static files as they are served: hashed, compressed, and each stylesheet of stylesheets as one."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = re.compile(r'^@import url\("([\w-]+\.css)"\)(?: (print))?;\n', re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
Paths = Mapping[str, tuple[Storage, str]]


class OneStylesheet(CompressedManifestStaticFilesStorage):
    """A stylesheet that imports its neighbours gets their rules in their place: one answer instead of twenty, which
    compresses to half. Where files aren't collected, browsers follow the imports themselves.
    """

    def post_process(self, paths: Paths, dry_run: bool = False, **options: Any) -> Iterator[Any]:
        made = InMemoryStorage()
        for name in [name for name in paths if name.startswith("css/")]:
            made.save(name, ContentFile(with_imports(name, paths).encode()))
        own = {name: (made, name) if made.exists(name) else found for name, found in paths.items()}
        yield from super().post_process(own, dry_run, **options)


def with_imports(name: str, paths: Paths) -> str:
    """The text of one stylesheet, without remarks. Raises KeyError for an import that isn't there."""
    storage, path = paths[name]
    with storage.open(path) as file:
        text = COMMENT.sub("", file.read().decode())
    folder = name.rpartition("/")[0]

    def neighbour(found: re.Match[str]) -> str:
        rules = with_imports(f"{folder}/{found[1]}", paths)
        return f"@media {found[2]} {{\n{rules}}}\n" if found[2] else rules

    return IMPORT.sub(neighbour, text)
