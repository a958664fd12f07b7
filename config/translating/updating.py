"""Bringing the catalogues up to date with the texts that are marked now."""

from config.translating.catalogues import as_po, brought_up_to_date, languages, path_of, read
from config.translating.checking import compiled_from
from config.translating.extracting import marked_texts


def update() -> None:
    """Write each language's .po and .mo; what is translated stays, what is new is empty, what is gone is gone."""
    texts = marked_texts()
    for language in languages():
        catalogue = brought_up_to_date(read(language), texts, language)
        path_of(language).parent.mkdir(parents=True, exist_ok=True)
        path_of(language).write_bytes(as_po(catalogue))
        path_of(language, ".mo").write_bytes(compiled_from(read(language), language))
