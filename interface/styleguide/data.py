from interface.styleguide.section import Section

SECTIONS: tuple[Section, ...] = ()
