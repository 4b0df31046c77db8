"""People, workspaces, members, tokens and the address book."""
