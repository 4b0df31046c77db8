"""Django's PostgreSQL, which tells the database before every statement whose rows may be reached."""
