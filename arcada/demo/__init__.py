"""The demo practice: Lima Dental in São Paulo, its patients and cases. Nobody in it exists."""
