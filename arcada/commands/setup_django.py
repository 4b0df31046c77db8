"""Start Django for a command that needs the database."""

import os


def setup_django() -> None:
    """Load the settings; exits with the named problems when production is unsafe."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arcada.config.settings")  # noqa: TID251 - Django's own switch
    import django

    django.setup()
