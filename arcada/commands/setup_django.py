"""Start Django for a command that needs the database."""

import os


def setup_django() -> None:
    """Load the settings; exits with the named problems when production is unsafe."""
    # Database, files, keys and mails are nobody else's on this machine.
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arcada.config.settings")  # noqa: TID251 - Django's own switch
    import django

    django.setup()
