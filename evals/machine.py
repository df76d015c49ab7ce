"""What speed was measured on: that of every result, and how busy the machine was."""

from __future__ import annotations

import os
from pathlib import Path

from router.evaluation.provenance import commit, machine

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""With these set to 1 before numpy is imported, its BLAS uses one thread."""


def describe_machine(repository: Path) -> dict[str, str]:
    """Return processor, versions, commit, and how busy the machine is."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    found = machine()
    busy = f"{found['processor']}, load {load} at the start"
    return found | {"processor": busy, "commit": commit(repository) or "unknown"}
