"""Make the table that ships, of the encoder that does: `python -m router.encoder_making.shipped.table DATA MODEL OUT`.

DATA is the folder with the public sets that `python -m router.encoder_making.shipped
DATA EN` reads, and MODEL what that command leaves in `EN.making/en`: the encoder in
sentence-transformers' format, before its weights were rounded. `en-static` is
its tokens' vectors, moved by the texts that it learnt from; of the general ones
every third.

It takes twenty minutes on a core, most of them for the rows of the texts.
`OUT.making` keeps the table before its vectors were rounded.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from router.encoder_making.distill import Distilled, distill
from router.encoder_making.shipped.bars import bars
from router.encoder_making.shipped.material import material
from router.encoder_making.shipped.models import Progress, work_folder
from router.encoder_making.shipped.run import SOURCE
from router.encoders.card import Card

NAME = "en-static"
RECIPE = "python -m router.encoder_making.shipped.table"
DIMENSIONS = 240
"""Table and tokenizer are smaller than 8 MB then."""
_GENERAL = 3
"""Of so many general texts one is taken."""


def make_table(data: Path, model: str, out: Path, *, progress: Progress) -> Distilled:
    """Distil the sentence-transformers model to the folder `out`. Raises EncoderError."""
    learnt = material(data)
    texts = list(dict.fromkeys(replace(learnt, general=learnt.general[::_GENERAL]).texts()))
    unrounded = work_folder(out)
    made = distill(model, out, dimensions=DIMENSIONS, texts=texts, unrounded=unrounded, progress=progress)
    notes = {"distilled_from": "en", "texts": len(texts), "parity": made.parity.to_dict()}
    replace(Card.read(out), name=NAME).write(out, source=SOURCE, recipe=RECIPE, **notes)
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Make it and say how near the 8 bits came."""
    parser = argparse.ArgumentParser(
        prog=RECIPE, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("out", type=Path, metavar="OUT")
    arguments = parser.parse_args(argv)
    made = make_table(arguments.data, arguments.model, arguments.out, progress=bars())
    print(json.dumps(made.parity.to_dict()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
