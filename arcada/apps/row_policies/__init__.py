"""The second fence: PostgreSQL itself answers with the rows of a request's scope and no others (decision 5)."""
