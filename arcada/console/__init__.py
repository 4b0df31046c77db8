"""The operator's console: Django's admin behind its own path, for what an operator needs; no patient's data."""
