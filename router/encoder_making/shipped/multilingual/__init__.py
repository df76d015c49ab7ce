"""The recipe of the encoder `multilingual`: what `en` makes of an English text, in fifty languages."""
