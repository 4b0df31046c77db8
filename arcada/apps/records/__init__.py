"""Collections, records, findings, renditions, and the job that makes them."""
