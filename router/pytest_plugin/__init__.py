"""The pytest plugin: every case of a suite is a test, judged alone or by gates.

pytest imports this module wherever the package is installed: it must stay light,
and without `router_suites` in the configuration it does nothing. `evaluation`
and `items` are imported when the first suite is collected.
"""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

if TYPE_CHECKING:
    from router.pytest_plugin.evaluation import Evaluation

_SETTINGS: dict[str, tuple[Literal["string", "args"], str, str]] = {
    "bundle": ("string", "PATH", "the bundle to ask"),
    "specs": ("args", "PATH", "tool files and folders to train on first, in place of a bundle"),
    "encoder": ("string", "SPEC", "see 'router encoders' (default: the bundle's own, or en)"),
    "gates": ("string", "PATH", "limits that judge the suites; without them every case must be right"),
    "baseline": ("string", "PATH", "an earlier report.json, for gates that compare with one"),
}
"""How each is written in the configuration file, what it is, and what it is for."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the settings: `router_NAME` in the configuration file, `--router-NAME` on the command line."""
    parser.addini("router_suites", "suites of utterances: files or glob patterns, relative to rootdir", "args")
    group = parser.getgroup("intent router")
    for name, (kind, value, text) in _SETTINGS.items():
        parser.addini(f"router_{name}", f"{text}; paths are relative to rootdir", kind)
        action = "append" if kind == "args" else "store"
        group.addoption(f"--router-{name}", action=action, metavar=value, help=text)


def pytest_configure(config: pytest.Config) -> None:
    """Begin where something is configured. Raises UsageError for settings that make no sense."""
    settings = _settings(config)
    if settings is None:
        return
    config.pluginmanager.register(Collecting(settings), "intent_router_collecting")
    if config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        config.args += map(str, settings.suites)  # pytest collects nothing twice


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What is asked of which router. Paths are absolute."""

    suites: tuple[Path, ...]
    bundle: Path | None
    specs: tuple[Path, ...]
    """Empty where there is a bundle."""
    encoder: str | None
    gates: Path | None
    baseline: Path | None


@dataclass(frozen=True)
class Collecting:
    """What pytest calls where something is configured."""

    settings: Settings

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Collect a file if it is one of the suites."""
        if file_path not in self.settings.suites:
            return None
        from router.pytest_plugin.items import SuiteFile

        return SuiteFile.from_parent(parent, path=file_path, evaluation=self._evaluation)

    @cached_property
    def _evaluation(self) -> Evaluation:
        from router.pytest_plugin.evaluation import Evaluation

        return Evaluation(self.settings)


def _settings(config: pytest.Config) -> Settings | None:
    """Return what is configured; None if nothing is."""
    typed: dict[str, Any] = {name: config.getoption(f"router_{name}") for name in _SETTINGS}
    given: dict[str, Any] = {name: config.getini(f"router_{name}") for name in _SETTINGS}
    if typed["bundle"] or typed["specs"]:  # the file means another router
        given |= {"bundle": None, "specs": None, "encoder": None}
    given |= {name: value for name, value in typed.items() if value}
    patterns = config.getini("router_suites")
    if not patterns:
        for name in (name for name, value in given.items() if value):
            raise pytest.UsageError(f"router_{name} is set, but router_suites is not: it names the suites to collect")
        return None
    if given["bundle"] and given["specs"]:
        raise pytest.UsageError("router_bundle and router_specs are both set. The suites ask one router: keep one.")
    if not given["bundle"] and not given["specs"]:
        raise pytest.UsageError("router_suites is set, but neither router_bundle nor router_specs is. Set one.")
    if given["baseline"] and not given["gates"]:
        raise pytest.UsageError("router_baseline is set, but router_gates is not: only gates compare with a baseline")

    def absolute(name: str, value: str) -> Path:
        path = _normal((config.invocation_params.dir if typed[name] else config.rootpath) / value)
        if name != "bundle" and not path.exists():  # a bundle need not be built where no suite is run
            raise pytest.UsageError(f"router_{name}: {path} does not exist")
        return path

    return Settings(
        suites=_suites(config.rootpath, patterns),
        specs=tuple(absolute("specs", path) for path in given["specs"] or ()),
        encoder=given["encoder"] or None,
        **{name: absolute(name, given[name]) if given[name] else None for name in ("bundle", "gates", "baseline")},
    )


def _suites(root: Path, patterns: list[str]) -> tuple[Path, ...]:
    files: dict[str, Path] = {}
    for pattern in patterns:
        names = glob.glob(pattern, root_dir=root, recursive=True)  # noqa: PTH207 (a pattern may be absolute)
        found = [_normal(root / name) for name in sorted(names)]
        suites = [file for file in found if file.is_file() and not file.match("*.card.yaml")]
        if not suites:
            raise pytest.UsageError(f"router_suites: {pattern!r} matches no suite in {root}")
        for file in suites:
            other = files.setdefault(file.stem, file)
            if other != file:
                raise pytest.UsageError(f"router_suites: {other} and {file} are both {file.stem!r}. Rename one.")
    return tuple(files.values())


def _normal(path: Path) -> Path:
    """Return a path without `..`, as pytest names files, links being left alone."""
    return Path(os.path.normpath(path))
