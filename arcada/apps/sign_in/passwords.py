"""Passwords: argon2id over the normalised text, and what is refused as one, with the reason."""

import gzip
import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SHORTEST: Final = 8
LONGEST: Final = 1024
# Words of this product and its trade; with digits and signs around them they are the first guesses.
PRODUCT_WORDS: Final = frozenset(
    {
        "arcada", "arcadia", "dental", "dentist", "dentista", "dentistry", "dente", "dentes", "diente",
        "dientes", "odonto", "odontologia", "odontology", "ortho", "orthodontics", "ortodontia",
        "ortodoncia", "clinic", "clinica", "clinique", "laboratory", "laboratorio", "tooth", "teeth",
        "crown", "coroa", "corona", "implant", "implante", "smile", "sorriso", "sonrisa", "molar",
        "zirconia", "scanner", "intraoral", "password", "senha", "contrasena", "passwort", "welcome",
        "bemvindo", "bienvenido",
    }
)  # fmt: skip
_UNLEET: Final = str.maketrans("013457@$!", "oieastasi")


def normal(password: str) -> str:
    """One spelling for what looks the same (NFC), so that every keyboard opens the account."""
    return unicodedata.normalize("NFC", password)


class Argon2id(Argon2PasswordHasher):
    """RFC 9106's second choice: 64 MiB, three passes, four lanes; above OWASP's least. A weaker hash is made anew."""

    time_cost = 3
    memory_cost = 65536
    parallelism = 4

    def encode(self, password: str, salt: str) -> str:
        return str(super().encode(normal(password), salt))

    def verify(self, password: str, encoded: str) -> bool:
        return bool(super().verify(normal(password), encoded))

    def must_update(self, encoded: str) -> bool:
        """At the next sign-in, when it cost less than it should: never the other way."""
        kept = self.decode(encoded)
        cost = kept["memory_cost"] * kept["time_cost"]
        return bool(kept["variety"] != "argon2id" or cost < self.memory_cost * self.time_cost)


class LengthValidator:
    """Eight characters at least; no rule about which."""

    def validate(self, password: str, user: Any = None) -> None:
        length = len(normal(password))
        if length < SHORTEST:
            raise ValidationError(
                _("The password has fewer than %(least)d characters.") % {"least": SHORTEST},
                code="password_too_short",
            )
        if length > LONGEST:
            raise ValidationError(
                _("The password has more than %(most)d characters.") % {"most": LONGEST},
                code="password_too_long",
            )

    def get_help_text(self) -> str:
        return _("%(least)d characters or more; a few words in a row are easiest to keep.") % {
            "least": SHORTEST
        }


class GuessableValidator:
    """Common passwords, this product's words, and the person's own name or address."""

    def validate(self, password: str, user: Any = None) -> None:
        said = normal(password).lower()
        if said in common_passwords():
            raise ValidationError(_("This password is among the most common ones."), code="password_common")
        if is_of_product(said):
            raise ValidationError(
                _("This password is a word of this product or trade with signs around it."),
                code="password_product",
            )
        for own in _own(user):
            if own in said and len(own) * 2 >= len(said):
                raise ValidationError(
                    _("This password is your mail address or your name."), code="password_own"
                )
        if len(set(said)) <= 2:
            raise ValidationError(_("This password repeats one or two characters."), code="password_repeats")

    def get_help_text(self) -> str:
        return _("Not a common password, not your name or address.")


def is_of_product(password: str) -> bool:
    """True when nothing but digits and signs is left beside the product's words, also with 4 for a and the like."""
    for spelled in (password, password.translate(_UNLEET)):
        taken = [False] * len(spelled)
        for word in PRODUCT_WORDS:
            for found in re.finditer(word, spelled):
                taken[found.start() : found.end()] = [True] * len(word)
        left = (kept for kept, is_word in zip(password, taken, strict=True) if not is_word)
        if any(taken) and not any(kept.isalpha() for kept in left):
            return True
    return False


def _own(user: Any) -> list[str]:
    email = str(getattr(user, "email", "") or "").lower()
    local, _at, domain = email.partition("@")
    words = [email, local, domain.split(".")[0], *str(getattr(user, "name", "") or "").lower().split()]
    return [word for word in words if len(word) >= 3]


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """About 20,000, from the list that Django ships."""
    path = Path(password_validation.__file__).parent / "common-passwords.txt.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return frozenset(line.strip() for line in file)
