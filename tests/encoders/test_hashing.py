import hashlib
import subprocess
import sys

import numpy as np
import pytest

from router.encoders import HashingEncoder

_PROGRAM = """
import hashlib
from router.encoders import HashingEncoder
print(hashlib.sha256(HashingEncoder().encode(["wake me at six", "", "Grüße 🔦"]).astype("<f4").tobytes()).hexdigest())
"""


def test_rows_are_the_same_in_every_process_and_release() -> None:
    rows = HashingEncoder().encode(["wake me at six", "", "Grüße 🔦"])
    digest = hashlib.sha256(rows.astype("<f4").tobytes()).hexdigest()
    other = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == digest
    assert digest[:12] == "8762fb12caed"


def test_texts_that_share_words_are_nearer() -> None:
    alarm, again, jazz = HashingEncoder().encode(["set an alarm for six", "set the alarm to six", "play some jazz"])
    assert alarm @ again > 0.4 > alarm @ jazz


def test_a_text_without_words_is_the_first_axis() -> None:
    assert np.array_equal(HashingEncoder(4).encode(["", " \n"]), [[1, 0, 0, 0]] * 2)


def test_the_fingerprint_tells_dimensions_apart() -> None:
    assert HashingEncoder(64).fingerprint == HashingEncoder(64).fingerprint != HashingEncoder(65).fingerprint


def test_a_row_needs_a_dimension() -> None:
    with pytest.raises(ValueError, match="dim is 0; expected at least 1"):
        HashingEncoder(0)
