"""all-MiniLM-L6-v2 in 8 bits: files of the encoder `minilm`, which `recipe.py` in the repository made."""
