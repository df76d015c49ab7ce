"""What is known of models by their names: what they were trained to see before a text, and where rows may be cut."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from router.encoders.protocol import Encoder, Prefixes

NONE = "none"
"""The task of a text that stands alone."""


@dataclass(frozen=True, slots=True)
class Family:
    """Models that were trained alike."""

    pattern: str
    """A regular expression that finds it in the names that hubs and servers give to its models."""
    tasks: Mapping[str, Prefixes] = field(default_factory=dict)
    """What was put before texts in training, by the task it was for. The first is meant unless another is chosen."""
    dimensions: tuple[int, ...] = ()
    """The length of a row, then where it may be cut, because each beginning was trained to stand alone (Matryoshka)."""
    model_types: tuple[str, ...] = ()
    """What `config.json` calls its models, where that tells."""
    float16: bool = True
    """Whether it may be computed in float16. EmbeddingGemma's activations overflow there."""


def _both(prefix: str) -> Prefixes:
    return Prefixes(prefix, prefix)


FAMILIES = (
    Family(
        r"embedding-?gemma|gemini-embedding-2",
        {
            "classification": _both("task: classification | query: "),
            "similarity": _both("task: sentence similarity | query: "),
            "retrieval": Prefixes("task: search result | query: ", "title: none | text: "),
        },
        (768, 512, 256, 128),
        ("embedding_gemma2", "embedding_gemma2_text"),
        float16=False,
    ),
    Family(
        r"\be5-(small|base|large)(?!.*instruct)",
        {"retrieval": Prefixes("query: ", "passage: "), "similarity": _both("query: ")},
    ),
    Family(
        r"nomic-embed-text",
        {
            "classification": _both("classification: "),
            "retrieval": Prefixes("search_query: ", "search_document: "),
        },
        # Its rows are centred before they are cut, which ours are not: no dimensions.
    ),
    Family(r"mxbai-embed-large", dimensions=(1024, 512)),
    Family(r"arctic-embed-m-v(1\.5|2\.0)", dimensions=(768, 256)),
    Family(r"arctic-embed-l-v2\.0", dimensions=(1024, 256)),
    Family(r"qwen3-embedding-0\.6b", dimensions=(1024, 512, 256, 128, 64, 32)),
    Family(r"text-embedding-3-small", dimensions=(1536, 512)),
    Family(r"text-embedding-3-large", dimensions=(3072, 1024, 256)),
    Family(r"gemini-embedding-001", dimensions=(3072, 1536, 768)),
)


def family_of(name: str, config: Mapping[str, object] = MappingProxyType({})) -> Family | None:
    """Return the family of a model, found in its `config.json` or else in its name, or None."""
    kind = config.get("model_type")
    if kind == "gemma3_text" and config.get("use_bidirectional_attention"):
        kind = "embedding_gemma2"  # the first of its kind bears no name of its own; its prefixes are the same
    return next(
        (family for family in FAMILIES if kind in family.model_types or re.search(family.pattern, name.lower())), None
    )


def prefixes_of(name: str) -> Prefixes:
    """Return what is put before texts for a model of this name; nothing where its family is not known."""
    return first_of(known_tasks({}, family_of(name)))


def first_of(tasks: Mapping[str, Prefixes]) -> Prefixes:
    """Return the prefixes that are meant unless another task is chosen; empty ones where there is no task."""
    return next(iter(tasks.values()), Prefixes())


def tasks_of(encoder: Encoder) -> dict[str, Prefixes]:
    """Return what may be put before texts, by task: what the encoder says itself, or else its family; and nothing."""
    tasks: Mapping[str, Prefixes] = getattr(encoder, "tasks", {})
    family = family_of(encoder.name)
    return {**(tasks or (family.tasks if family else {})), NONE: Prefixes()}


def dimensions_of(encoder: Encoder) -> tuple[int, ...]:
    """Return at which lengths rows may be cut: what the encoder says itself, or else its family.

    What came of a model by distillation may bear its name; by the length of its
    rows it is seen to be another.
    """
    stated: tuple[int, ...] = getattr(encoder, "matryoshka_dimensions", ())
    known = stated or known_dimensions(family_of(encoder.name), encoder.dim)
    return tuple(length for length in known if length < encoder.dim)


def known_dimensions(family: Family | None, dim: int) -> tuple[int, ...]:
    """Return at which lengths rows of this one may be cut; none where the family's own rows have another."""
    return family.dimensions[1:] if family and family.dimensions[:1] == (dim,) else ()


def prompts_as_tasks(prompts: object) -> dict[str, Prefixes]:
    """Return what the prompts of `config_sentence_transformers.json` say by task, empty if that is nothing."""
    given = prompts if isinstance(prompts, Mapping) else {}
    said = {name.lower().replace("-", "_"): text for name, text in given.items() if isinstance(text, str) and text}

    def first(names: str) -> str:
        return next((said[name] for name in names.split() if name in said), "")

    tasks = {
        "classification": _both(first("classification")),
        "similarity": _both(first("similarity sts")),
        "retrieval": Prefixes(
            first("query search_query retrieval_query s2p_query"), first("document passage search_document")
        ),
    }
    return {task: prefixes for task, prefixes in tasks.items() if prefixes != Prefixes()}


def known_tasks(prompts: object, family: Family | None) -> dict[str, Prefixes]:
    """Return what may be put before texts by task: what a model's prompts say, then what its family adds."""
    said = prompts_as_tasks(prompts)
    return said | {task: each for task, each in (family.tasks if family else {}).items() if task not in said}
