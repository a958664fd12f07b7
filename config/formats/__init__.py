"""How dates and numbers stand in each language (FORMAT_MODULE_PATH); what isn't said here is Django's."""
