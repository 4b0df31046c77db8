"""Django's own commands where the audit has a say."""
