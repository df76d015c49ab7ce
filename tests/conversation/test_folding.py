import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.conversation.folding import fold


@pytest.mark.parametrize(
    ("said", "folded"),
    [
        ("  Yes, PLEASE!! ", "yes please"),
        ("don’t", "don t"),
        ("uh-huh", "uh huh"),
        ("ＯＫ", "ok"),
        ("Größe", "grosse"),
        ("İPTAL Iptal ıptal", "iptal iptal iptal"),
        ("żaden z ł", "zaden z l"),
        ("Ещё", "еще"),
        ("أَيْوَه", "ايوه"),
        ("हाँ जी", "हाँ जी"),
        ("はい、どうぞ", "はい どうぞ"),
        ("が", "が"),
        ("네", "네"),
        ("👍🏽", "👍"),
        ("✔️", "✔"),
        ("1️⃣ 2.", "1 2"),
        ("¿?…", ""),
    ],
)
def test_what_sounds_the_same_folds_to_the_same(said: str, folded: str) -> None:
    assert fold(said) == folded


@given(st.text(st.characters(categories=None, exclude_categories=[])))
def test_folding_never_raises_and_leaves_single_spaces(said: str) -> None:
    folded = fold(said)
    assert folded == " ".join(folded.split())
