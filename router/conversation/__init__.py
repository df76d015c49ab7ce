"""Talk back: a reply to what was asked decides the utterance that it was asked about."""

from router.conversation.conversation import Conversation

__all__ = ["Conversation"]
