"""Numbers and units in what people say: composed in code, the words of each language as data."""
