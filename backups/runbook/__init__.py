"""What a stranger does with a copy when we, or the whole machine, are gone: one text, as page, file and document."""
