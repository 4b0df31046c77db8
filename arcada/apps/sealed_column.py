"""SealedText: a text column that holds secrets for a while (mails with links and codes, kept answers), sealed."""

import base64
import os
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import models

from arcada.core.sealing import NONCE, derive_key, open_value, seal_value

_MARK = "sealed:"


class SealedText(models.TextField[str, str]):
    """Text in Python, sealed under the master key in the database: a copy of the database alone opens no link."""

    def get_prep_value(self, value: Any) -> Any:
        said = super().get_prep_value(value)
        if not said:
            return said
        sealed = seal_value(_key(), said, bound_to=self._place(), nonce=os.urandom(NONCE))
        return _MARK + base64.b64encode(sealed).decode()

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        if not value or not value.startswith(_MARK):
            return value
        return open_value(_key(), base64.b64decode(value.removeprefix(_MARK)), bound_to=self._place())

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        # To the database it is a text like any other.
        return name, "django.db.models.TextField", args, kwargs

    def _place(self) -> bytes:
        return f"{self.model._meta.label_lower}.{self.name}".encode()


def _key() -> bytes:
    return derive_key(settings.ENV.master_key(), "sealed columns")
