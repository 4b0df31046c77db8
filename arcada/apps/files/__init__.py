"""Stored bytes: sealed, resumable, verified; the only client of the store."""
