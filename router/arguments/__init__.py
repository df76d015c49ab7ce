"""From an utterance and a tool to the arguments of a call: typed, and valid by the tool's schema."""
