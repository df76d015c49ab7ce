"""Arguments of a tool call: what the words of an utterance are worth."""
