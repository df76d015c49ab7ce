"""Files of the encoder `en`."""
