"""Examples that another tool wins when they are left out, and counterexamples that their own tool does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from router.decisions import Policy
from router.linting.finding import Finding, Severity
from router.linting.inspection import Inspection
from router.scoring.material import Texts
from router.scoring.scorer import fuse, gate_features, sigmoid, softmax
from router.training.evidence import Measured, give_evidence
from router.training.thresholds import fit_policy
from router.training.weigh import won_by_own_tool

SURE = 0.9
"""A wrong call of this probability is a warning. In `tool_specs/` a router is that sure of half of its calls, and wrong
in one of a hundred of them: such a call stands out, and no threshold stops it, only other examples do."""


@dataclass(frozen=True)
class HeldOutTexts:
    """Some texts, each with what a router says that has not seen it."""

    rows: NDArray[np.intp]
    """[n], which of the examples or counterexamples they are."""
    owners: NDArray[np.int32]
    """[n], their tools."""
    winners: NDArray[np.intp]
    """[n], the first candidates."""
    probabilities: NDArray[np.float64]
    """[n, K], that each tool was meant; a row adds to the probability that one of them was."""
    called: NDArray[np.bool_]
    """[n], whether the first candidate would be called."""


def held_out_examples(inspection: Inspection) -> HeldOutTexts:
    """Return what becomes of the examples, save those of tools with few."""
    evidence = inspection.known.evidence
    rows = np.flatnonzero(give_evidence(inspection.material))
    return _held_out(inspection, evidence.examples, rows, evidence.owners)


def stolen_examples(inspection: Inspection) -> Iterator[Finding]:
    """Yield examples that another tool wins when they are left out."""
    found = held_out_examples(inspection)
    material, tools = inspection.material, inspection.tools.tools
    for n in np.flatnonzero(found.winners != found.owners):
        row, own, thief = found.rows[n], found.owners[n], found.winners[n]
        example = material.examples.embeddings[row]
        near_own, to_own = _nearest(example, material.examples, material.owners == own, without=int(row))
        near_thief, to_thief = _nearest(example, material.examples, material.owners == thief)
        subject = inspection.examples[row]
        probability, of_own = float(found.probabilities[n, thief]), float(found.probabilities[n, own])
        rival = inspection.tool(int(thief), "name") if near_thief is None else inspection.examples[near_thief]
        near = _named("nearest there", inspection, near_thief, to_thief) + _named(
            "nearest here", inspection, near_own, to_own
        )
        name, other = tools[own].name, tools[thief].name
        yield Finding(
            "stolen-example",
            _severity(bool(found.called[n]), probability),
            subject,
            f"left out, {subject} {'calls' if found.called[n] else 'goes first to'} {other!r} "
            f"with {probability:.2f} ({name!r}: {of_own:.2f}){near}",
            f"If it should call {name!r}, add two or three examples like it here"
            + (f", and it or one like it as a counterexample to {other!r}." if to_thief >= to_own else "."),
            (rival,),
            {"probability": probability, "own_probability": of_own, "cosine": to_thief, "own_cosine": to_own},
        )


def winning_counterexamples(inspection: Inspection) -> Iterator[Finding]:
    """Yield counterexamples that their own tool wins when they are left out."""
    evidence, material = inspection.known.evidence, inspection.material
    rows = np.arange(len(material.counterexamples))
    found = _held_out(inspection, evidence.counterexamples, rows, evidence.counter_owners)
    for n in np.flatnonzero(won_by_own_tool(evidence, inspection.known.fusion)):
        subject, own = inspection.counterexamples[n], int(found.owners[n])
        near, cosine = _nearest(material.counterexamples.embeddings[n], material.examples, material.owners == own)
        probability = float(found.probabilities[n, own])
        verb = "calls" if found.called[n] else "goes first to"
        named = _named("nearest example", inspection, near, cosine)
        yield Finding(
            "winning-counterexample",
            _severity(bool(found.called[n]), probability),
            subject,
            f"left out, the counterexample {subject} {verb} {subject.tool!r} with {probability:.2f}{named}",
            "It is ruled out word for word only. Give the tool that it is for more examples like it, or list more "
            "like it as out of scope.",
            () if near is None else (inspection.examples[near],),
            {"probability": probability, "cosine": cosine},
        )


def _held_out(
    inspection: Inspection, measured: Measured, rows: NDArray[np.intp], owners: NDArray[np.int32]
) -> HeldOutTexts:
    known, count = inspection.known, len(inspection.tools)
    if not measured.channels.size:  # no texts, or no tools
        empty = np.empty(0, np.intp)
        return HeldOutTexts(empty, empty.astype(np.int32), empty, np.empty((0, count)), empty.astype(bool))
    risks = [tool.risk for tool in inspection.tools]
    policy, _ = fit_policy(known.evidence, known.fusion, known.gates, Policy(), risks)
    normal = policy.thresholds["normal"]
    logits = fuse(measured.channels, known.fusion)
    shares = softmax(logits)
    in_scope = sigmoid(gate_features(measured.channels, measured.none, logits) @ known.gate)
    called = (in_scope >= normal.in_scope) & (shares.max(axis=1) >= normal.call)
    return HeldOutTexts(rows, owners, shares.argmax(axis=1), in_scope[:, None] * shares, called)


def _nearest(
    embedding: NDArray[np.float32], texts: Texts, among: NDArray[np.bool_], without: int | None = None
) -> tuple[int | None, float]:
    """Return which of some texts is nearest and its cosine; None and 0 if there is none."""
    rows = np.flatnonzero(among)
    rows = rows[rows != without] if without is not None else rows
    if not len(rows):
        return None, 0.0
    cosines = texts.embeddings[rows] @ embedding
    best = int(cosines.argmax())
    return int(rows[best]), float(cosines[best])


def _named(label: str, inspection: Inspection, example: int | None, cosine: float) -> str:
    return "" if example is None else f"; {label}: {inspection.examples[example]} ({cosine:.2f})"


def _severity(called: bool, probability: float) -> Severity:
    return "warning" if called and probability >= SURE else "info"
