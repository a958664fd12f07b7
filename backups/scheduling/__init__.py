"""When copies are made, and by whom: planned each minute, taken by one worker at a time, tried again."""
