"""The catalogues in `locale/`: found texts, their translations, and what is wrong with them. Needs Babel."""
