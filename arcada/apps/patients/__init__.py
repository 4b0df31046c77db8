"""The only tables with a patient's name and birth date."""
