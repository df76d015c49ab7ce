"""A tokenizer as large as Gemma's, of pieces that mean nothing."""

from __future__ import annotations

import random
from string import ascii_lowercase

from tokenizers import AddedToken, Tokenizer, normalizers
from tokenizers.models import BPE
from tokenizers.processors import TemplateProcessing

MARKS = ("<pad>", "<eos>", "<bos>", "<unk>")
_LONGEST_HALF = 6


def made_up_tokenizer(size: int) -> Tokenizer:
    """Return a BPE tokenizer of `size` pieces with bytes to fall back on; every way to join two to a third is there."""
    draw = random.Random(0)
    pieces = [*MARKS, *(f"<0x{byte:02X}>" for byte in range(256)), "▁", *map(chr, range(33, 127))]
    known, parts = set(pieces), ["▁", *ascii_lowercase]
    merges: list[tuple[str, str]] = []
    while len(pieces) < size:
        first, second = draw.choice(parts), draw.choice(parts)
        piece = first + second
        if piece in known or second.startswith("▁"):
            continue
        known.add(piece)
        pieces.append(piece)
        if len(piece) <= _LONGEST_HALF:
            parts.append(piece)
        halves = ((piece[:cut], piece[cut:]) for cut in range(1, len(piece)))
        merges += [(one, other) for one, other in halves if one in known and other in known]
    ids = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(BPE(ids, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.post_processor = TemplateProcessing(
        single="<bos> $A <eos>",
        pair="<bos> $A $B <eos>",
        special_tokens=[(mark, ids[mark]) for mark in ("<bos>", "<eos>")],
    )
    tokenizer.add_special_tokens([AddedToken(mark, special=True, normalized=False) for mark in MARKS])
    return tokenizer
