"""The arguments of a call: typed, valid, and found in what was said."""
