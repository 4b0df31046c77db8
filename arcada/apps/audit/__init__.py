"""Who did what, when, to what: append-only, in the same transaction as the change."""
