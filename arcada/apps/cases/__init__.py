"""Cases: records under one code, with participants."""
