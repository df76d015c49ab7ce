"""A result says what it was measured with."""

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import router
from router import Example, Router, Tool, ToolSet
from router.decisions import LENIENCE
from router.declarations import Risk
from router.encoders import HashingEncoder
from router.evaluation.provenance import (
    commit,
    machine,
    peak_memory,
    provenance_from_dict,
    provenance_of,
    router_fingerprint,
)
from router.held_out import HeldOut
from router.scoring.channels import Channels


def rebuilt(used: Router, **changed: object) -> Router:
    parts = {name: getattr(used, name) for name in ("tools", "encoder", "scorer", "policy", "held_out")}
    return Router(**{**parts, **changed})


def with_tool(used: Router, change: Callable[[Tool], Tool]) -> Router:
    first, *rest = used.tools
    return rebuilt(used, tools=replace(used.tools, tools=(change(first), *rest)))


ARRAYS = [field.name for field in fields(Channels)]


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("place", [0, -1])
def test_a_router_s_fingerprint_changes_with_every_number_of_its_channels(
    everyday_router: Router, name: str, place: int
) -> None:
    changed = getattr(everyday_router.scorer.channels, name).copy()
    changed.flat[place] += 1
    channels = replace(everyday_router.scorer.channels, **{name: changed})
    other = rebuilt(everyday_router, scorer=replace(everyday_router.scorer, channels=channels))
    assert router_fingerprint(other) != router_fingerprint(everyday_router)


@pytest.mark.parametrize("name", ["fusion", "gate"])
def test_a_router_s_fingerprint_changes_with_the_last_bit_of_a_weight(everyday_router: Router, name: str) -> None:
    changed = getattr(everyday_router.scorer, name).copy()
    changed[-1] = np.nextafter(changed[-1], np.inf)
    other = rebuilt(everyday_router, scorer=replace(everyday_router.scorer, **{name: changed}))
    assert router_fingerprint(other) != router_fingerprint(everyday_router)


def test_a_router_s_fingerprint_changes_with_how_words_are_weighed(everyday_router: Router) -> None:
    scorer = everyday_router.scorer
    other = rebuilt(everyday_router, scorer=replace(scorer, lexical_weight=np.nextafter(scorer.lexical_weight, 9)))
    assert router_fingerprint(other) != router_fingerprint(everyday_router)


@pytest.mark.parametrize("change", [{"in_scope": 0.25}, {"call": 0.25}], ids=str)
@pytest.mark.parametrize("risk", LENIENCE)
def test_a_router_s_fingerprint_changes_with_every_threshold(
    everyday_router: Router, risk: Risk, change: dict[str, float]
) -> None:
    policy = everyday_router.policy
    changed = {**policy.thresholds, risk: replace(policy.thresholds[risk], **change)}
    other = rebuilt(everyday_router, policy=replace(policy, thresholds=changed))
    assert router_fingerprint(other) != router_fingerprint(everyday_router)


@pytest.mark.parametrize(
    "changed",
    [
        {"description": "Flip a coin!"},
        {"confirm": "always"},
        {"counterexamples": ("coin purse",)},
        {"examples": (Example("toss a coin"),)},
        {"name": "toss_coin"},
        {"metadata": {"team": "games"}},
    ],
    ids=str,
)
def test_a_router_s_fingerprint_changes_with_every_declaration(
    everyday_router: Router, changed: dict[str, Any]
) -> None:
    other = with_tool(everyday_router, lambda tool: replace(tool, **changed))
    assert router_fingerprint(other) != router_fingerprint(everyday_router)


def test_a_router_s_fingerprint_changes_with_what_is_out_of_scope_and_with_its_encoder(
    everyday_router: Router,
) -> None:
    others = [
        rebuilt(everyday_router, tools=replace(everyday_router.tools, out_of_scope=("hello",))),
        rebuilt(everyday_router, encoder=HashingEncoder(dim=128)),
        everyday_router.without("flip_coin"),
    ]
    assert len({router_fingerprint(each) for each in (everyday_router, *others)}) == 4


def test_a_router_s_fingerprint_changes_with_nothing_else(everyday_router: Router, tmp_path: Path) -> None:
    same = router_fingerprint(everyday_router)
    assert re.fullmatch("[0-9a-f]{12}", same)
    reversed_tools = ToolSet(everyday_router.tools.tools[::-1], everyday_router.tools.out_of_scope[::-1])
    flatter = HeldOut(1, 1.0, 0.0, 1.0, 1.0, 0.0, 1, 0.0, ())
    everyday_router.save(tmp_path / "bundle")
    for other in (
        rebuilt(everyday_router),
        rebuilt(everyday_router, held_out=flatter),
        rebuilt(everyday_router, tools=reversed_tools),
        rebuilt(everyday_router, encoder=HashingEncoder()),
        with_tool(everyday_router, lambda tool: replace(tool, source=None)),
        Router.load(tmp_path / "bundle"),
    ):
        assert router_fingerprint(other) == same


def test_a_result_says_what_it_was_measured_with(everyday_router: Router) -> None:
    found = provenance_of(everyday_router)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found.made)
    assert found.package == router.__version__
    assert found.router == router_fingerprint(everyday_router)
    assert found.declarations == everyday_router.tools.fingerprint
    encoder = everyday_router.encoder
    assert found.encoder == f"{encoder.name} ({encoder.dim} dims, {encoder.fingerprint})"
    normal = everyday_router.policy.thresholds["normal"]
    assert found.policy["max_false_accept"] == everyday_router.policy.max_false_accept
    assert found.policy["normal in_scope threshold"] == round(normal.in_scope, 6)
    assert len(found.policy) == 3 + 2 * len(LENIENCE)
    assert (found.confidence, found.seed) == (0.95, 0)
    assert found.machine == machine()


def test_what_a_result_was_measured_with_reads_as_it_was_written(everyday_router: Router) -> None:
    found = provenance_of(everyday_router)
    assert provenance_from_dict(json.loads(json.dumps(asdict(found)))) == found
    with pytest.raises(LookupError, match="commit"):
        provenance_from_dict({key: value for key, value in asdict(found).items() if key != "commit"})


def test_a_machine_is_described_by_its_processor_system_and_versions() -> None:
    found = machine()
    assert list(found) == ["processor", "system", "versions"]
    assert re.search(r".+, \d+ cores$", found["processor"])
    assert re.search(rf"^Python 3\.\d+.*, numpy {re.escape(np.__version__)}", found["versions"])


def test_memory_is_measured_where_the_system_says_it() -> None:
    found = peak_memory()
    assert found is None or 10 < found < 100_000


def test_a_commit_is_that_of_the_folder_and_says_if_files_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    assert commit(tmp_path) == ""

    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    git("init")
    (tmp_path / "a.txt").write_text("one")
    git("add", ".")
    git("commit", "--message", "One")
    git("tag", "v1")
    short = commit(tmp_path)
    assert len(short) >= 7
    assert git("rev-parse", "HEAD").startswith(short)
    (tmp_path / "a.txt").write_text("two")
    assert commit(tmp_path) == f"{short}-dirty"
    assert commit(tmp_path / "missing") == ""


def test_without_git_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commit(tmp_path) == ""
