"""Names of people, made comparable: what a search by prefix is computed from."""

import unicodedata

LONGEST_PREFIX = 12


def normalised_words(name: str) -> list[str]:
    """Lower-case words without accents: "Ana Lúcia" → ["ana", "lucia"]."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", name.casefold())
        if not unicodedata.combining(letter)
    )
    kept = "".join(letter if letter.isalnum() else " " for letter in plain)
    return kept.split()


def searchable_prefixes(name: str) -> set[str]:
    """Every prefix of every word, two letters at least."""
    return {
        word[:length]
        for word in normalised_words(name)
        for length in range(2, min(len(word), LONGEST_PREFIX) + 1)
    }
