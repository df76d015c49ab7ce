"""What a result was measured with: a number without it means nothing."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import router
from router.decisions import Policy
from router.declarations import ToolSet
from router.encoders import Encoder
from router.evaluation.measures import CONFIDENCE, SEED
from router.router import Router
from router.scoring.channels import Channels

PACKAGES = ("numpy", "onnxruntime", "tokenizers", "scikit-learn")
"""Their versions may move a number in its last digits."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Everything that a result depends on besides its suites, which say their own fingerprints."""

    made: str
    """When, in UTC, to the second."""
    package: str
    """Version of this package."""
    commit: str
    """Of the repository around the working folder, with `-dirty` where files differ from it; empty without one."""
    router: str
    """Fingerprint of everything that decides: declarations, weights, thresholds and encoder. Empty for several."""
    declarations: str
    """Fingerprint of the declarations alone."""
    encoder: str
    """Its name, length and fingerprint."""
    policy: Mapping[str, float]
    confidence: float
    seed: int
    """Of every bootstrap and permutation test."""
    machine: Mapping[str, str]
    """Processor, system and versions."""


def provenance_of(used: Router) -> Provenance:
    """Return what a result of this router depends on, here and now."""
    policy = limits(used.policy)
    for risk, thresholds in used.policy.thresholds.items():
        policy |= {f"{risk} {name} threshold": value for name, value in asdict(thresholds).items()}
    return provenance_with(used.tools, used.encoder, policy, router_fingerprint(used))


def limits(policy: Policy) -> dict[str, float]:
    """Return what the author set, without the thresholds that follow from it."""
    return {name: value for name, value in asdict(policy).items() if name != "thresholds"}


def provenance_with(tools: ToolSet, encoder: Encoder, policy: Mapping[str, float], fingerprint: str) -> Provenance:
    """Return what a result depends on that routers of this make gave; `fingerprint` is empty if they were several."""
    return Provenance(
        made=_now(),
        package=router.__version__,
        commit=commit(Path.cwd()),
        router=fingerprint,
        declarations=tools.fingerprint,
        encoder=f"{encoder.name} ({encoder.dim} dims, {encoder.fingerprint})",
        policy={name: round(value, 6) for name, value in policy.items()},
        confidence=CONFIDENCE,
        seed=SEED,
        machine=machine(),
    )


def measured_with() -> dict[str, str]:
    """Return when something was measured and with what, where it was several routers."""
    return {"made": _now(), "package": router.__version__, "commit": commit(Path.cwd())} | machine()


def provenance_from_dict(data: Mapping[str, Any]) -> Provenance:
    """Return what `dataclasses.asdict` wrote. Raises LookupError for anything else."""
    return Provenance(**{field.name: data[field.name] for field in fields(Provenance)})


def router_fingerprint(used: Router) -> str:
    """Return 12 hexadecimal digits that change when a decision may."""
    scorer = used.scorer
    digest = hashlib.sha256(f"{used.tools.fingerprint} {used.encoder.fingerprint} ".encode())
    digest.update(json.dumps([asdict(used.policy), scorer.lexical_weight], sort_keys=True).encode())
    arrays = [getattr(scorer.channels, field.name) for field in fields(Channels)]
    for array in (*arrays, scorer.fusion, scorer.gate):
        digest.update(array.tobytes())
    return digest.hexdigest()[:12]


def peak_memory() -> float | None:
    """Return the most resident memory that this process has had, in MB; None where the system does not say."""
    if peak := re.search(r"^VmHWM:\s*(\d+) kB$", _status(), re.MULTILINE):
        return int(peak[1]) * 1024 / 1e6  # what `resource` says below would be the parent's here, if that was larger
    try:
        import resource  # Windows has none
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _status() -> str:
    """Return what Linux says of this process; nothing elsewhere."""
    try:
        return Path("/proc/self/status").read_text("utf-8", "replace")
    except OSError:
        return ""


def machine() -> dict[str, str]:
    """Return processor, system and versions."""
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "system": f"{platform.system()} {platform.machine()}",
        "versions": ", ".join([f"Python {platform.python_version()}", *_versions()]),
    }


def commit(folder: Path) -> str:
    """Return the commit that a folder's files are of, with `-dirty` where they differ; empty if git knows none."""
    try:
        return subprocess.run(
            ["git", "describe", "--always", "--dirty", "--exclude", "*"],  # noqa: S607 (whichever git the author uses)
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _versions() -> list[str]:
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:  # a device that only routes has no scikit-learn
            continue
    return found


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())
