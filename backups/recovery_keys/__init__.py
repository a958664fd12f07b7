"""Who can open the copies: made, wrapped, rotated, lent to one restore, destroyed."""
