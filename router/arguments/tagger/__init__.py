"""Which words of an utterance fill which parameter, learnt from marked examples."""

from router.arguments.tagger.fit import Marked, fit_tagger
from router.arguments.tagger.tagger import Lattice, Segment, Tagger, nothing_said

__all__ = ["Lattice", "Marked", "Segment", "Tagger", "fit_tagger", "nothing_said"]
