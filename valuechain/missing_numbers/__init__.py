"""Which numbers are missing, which gaps hang on each, and how many pairs of gaps each would put in order."""
