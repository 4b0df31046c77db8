"""Terms that are accepted, misuse that is reported, and what follows from it."""
