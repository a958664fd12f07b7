"""What becomes of copies once they are stored: verified, held, ended, reconciled with what the storage holds."""
