"""What a tuning run keeps while it lasts, so that one that was interrupted goes on where it stopped."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from router.errors import EncoderError
from router.evaluation.cases import Case
from router.evaluation.outcomes import Outcome, outcome_from_dict

_PLAN = "plan.json"


@dataclass(frozen=True, slots=True)
class Work:
    """A folder of one run's intermediate results."""

    folder: Path

    @classmethod
    def begin(cls, folder: Path, plan: Mapping[str, Any]) -> Work:
        """Open the folder of a run that follows this plan; what another plan left there is removed.

        Raises EncoderError if the folder is something else.
        """
        if folder.exists():
            try:
                found = json.loads((folder / _PLAN).read_bytes())
            except (OSError, ValueError) as error:
                raise EncoderError(
                    f"{folder}: is in the way: what tuning leaves there has a {_PLAN}, and here is none. Move it away."
                ) from error
            if found == plan:
                return cls(folder)
            shutil.rmtree(folder)
        new = folder.with_name(f".{folder.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        (new / _PLAN).write_text(json.dumps(plan, indent=2), "utf-8")
        new.rename(folder)
        return cls(folder)

    def read(self, fold: int, cases: Sequence[Case]) -> tuple[list[Outcome], list[Outcome]] | None:
        """Return what came of a fold's cases, untouched and tuned; None if the fold is not done."""
        try:
            data = json.loads(self._fold(fold).read_bytes())
        except FileNotFoundError:
            return None
        first, second = (
            [outcome_from_dict(row, case) for row, case in zip(data[which], cases, strict=True)]
            for which in ("untouched", "tuned")
        )
        return first, second

    def write(self, fold: int, untouched: Sequence[Outcome], tuned: Sequence[Outcome]) -> None:
        """Keep what came of a fold's cases."""
        data = {"untouched": [each.to_dict() for each in untouched], "tuned": [each.to_dict() for each in tuned]}
        new = self.folder / f".fold-{fold}.new"
        new.write_text(json.dumps(data), "utf-8")
        new.replace(self._fold(fold))

    def _fold(self, fold: int) -> Path:
        return self.folder / f"fold-{fold}.json"
