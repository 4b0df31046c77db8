"""Months are small letters in Portuguese, and Django's catalogue writes them large: long dates are numbers, too."""

DATE_FORMAT = "d/m/Y"
DATETIME_FORMAT = "d/m/Y H:i"
