"""What every page is made of: template tags, components, registries of navigation and commands, the style guide."""
