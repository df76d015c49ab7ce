"""How much of what people say about numbers and times is understood, and how fast."""
