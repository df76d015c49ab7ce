"""Files of the encoder `multilingual`."""
