import pytest

from router.encoders import Prefixes
from router.encoders.families import family_of, known_tasks, prefixes_of, prompts_as_tasks


@pytest.mark.parametrize(
    "name",
    [
        "st:google/embeddinggemma-300m",
        "ollama:embeddinggemma:300m-qat-q4_0",
        "lmstudio:text-embedding-embeddinggemma-300m",
        "onnx-community/embeddinggemma-300m-ONNX",
        "google/EmbeddingGemma-2",
    ],
)
def test_embeddinggemma_is_known_by_each_of_its_names(name: str) -> None:
    family = family_of(name)
    assert family
    assert family.dimensions == (768, 512, 256, 128)
    assert not family.float16
    assert prefixes_of(name) == Prefixes("task: classification | query: ", "task: classification | query: ")
    assert family.tasks["retrieval"] == Prefixes("task: search result | query: ", "title: none | text: ")
    assert family.tasks["similarity"].utterance == "task: sentence similarity | query: "


def test_e5_asks_queries_and_passages_but_not_where_it_takes_instructions() -> None:
    for name in ("intfloat/multilingual-e5-small", "st:e5-base-v2"):
        assert prefixes_of(name) == Prefixes("query: ", "passage: ")
    assert prefixes_of("multilingual-e5-large-instruct") == Prefixes()


@pytest.mark.parametrize("name", ["minilm-l6-int8", "hashing", "st:me5-smaller", "bge-small-en", "gemma-3-270m"])
def test_others_are_not_taken_for_them(name: str) -> None:
    assert family_of(name) is None
    assert prefixes_of(name) == Prefixes()


def test_settings_tell_a_renamed_folder() -> None:
    assert family_of("ours", {"model_type": "gemma3_text", "use_bidirectional_attention": True}) is family_of(
        "embeddinggemma"
    )
    assert family_of("ours", {"model_type": "embedding_gemma2"}) is family_of("embeddinggemma")
    assert family_of("ours", {"model_type": "gemma3_text"}) is None


def test_prompts_are_read_by_their_tasks() -> None:
    said = {"Retrieval-query": "q: ", "passage": "p: ", "STS": "s: ", "Classification": "c: ", "Clustering": "x: "}
    assert prompts_as_tasks(said) == {
        "classification": Prefixes("c: ", "c: "),
        "similarity": Prefixes("s: ", "s: "),
        "retrieval": Prefixes("q: ", "p: "),
    }
    assert prompts_as_tasks({"query": "", "document": ""}) == {}


def test_a_family_adds_the_tasks_that_prompts_leave_out() -> None:
    said = known_tasks({"query": "query: ", "passage": "passage: "}, family_of("multilingual-e5-small"))
    assert said == {"retrieval": Prefixes("query: ", "passage: "), "similarity": Prefixes("query: ", "query: ")}
    assert known_tasks({}, None) == {}
