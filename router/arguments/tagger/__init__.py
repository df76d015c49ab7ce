"""Which words of an utterance fill which parameter, learnt from marked examples."""

from router.arguments.tagger.fit import Marked, fit_tagger
from router.arguments.tagger.tagger import Lattice, Tagger, nothing_said

__all__ = ["Lattice", "Marked", "Tagger", "fit_tagger", "nothing_said"]
