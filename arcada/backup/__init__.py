"""Backups: every row at one point in time and every sealed file it names, readable without the database's own tools."""
