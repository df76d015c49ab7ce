"""all-MiniLM-L6-v2 in 8 bits: the encoder that ships. `recipe.py` made the files beside this one."""
