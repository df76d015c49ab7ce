"""The texts that are learnt from, numbered, and what each is for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from router.encoder_making.shipped.material import Material

Ints = NDArray[np.int64]

NO_INTENT = -1


@dataclass(frozen=True)
class Entries:
    """Texts, and what each is for. One that is for several intents stands once for each."""

    material: Material
    texts: tuple[str, ...]
    intent: Ints
    """[n], the number of its intent; NO_INTENT for what is for none, and for general texts, which are last."""
    domain: Ints
    """[n], the number of its domain."""
    spoken: NDArray[np.bool_]
    """[n], whether somebody says it; what is not worded by somebody declares."""

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def digest(self) -> str:
        """A digest of all of it."""
        found = hashlib.sha256("\n".join(self.texts).encode())
        for each in (self.intent, self.domain, self.spoken):
            found.update(each.tobytes())
        return found.hexdigest()

    @property
    def general(self) -> int:
        """The number of the first general text."""
        return len(self.texts) - len(self.material.general)


def entries_of(material: Material) -> Entries:
    """Lay out all texts in order."""
    domains: dict[str, int] = {}
    texts: list[str] = []
    what: list[tuple[int, int, bool]] = []
    for number, intent in enumerate(material.intents):
        domain = domains.setdefault(intent.domain, len(domains))
        for spoken, some in ((True, intent.utterances), (False, intent.wordings)):
            texts += some
            what += [(number, domain, spoken)] * len(some)
    for name, some in material.none.items():
        texts += some
        what += [(NO_INTENT, domains[name], True)] * len(some)
    texts += material.general
    what += [(NO_INTENT, len(domains), False)] * len(material.general)
    intents, numbers, spoken_ones = zip(*what, strict=True)
    return Entries(
        material, tuple(texts), np.array(intents, np.int64), np.array(numbers, np.int64), np.array(spoken_ones, bool)
    )
