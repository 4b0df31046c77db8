"""Work that survives: leases, heartbeats, retries, dead letters."""
