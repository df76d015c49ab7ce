"""Files of the encoder `en-static`."""
