"""EmbeddingGemma made small: its real classes with random weights, saved as a sentence-transformers folder."""

from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Transformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling
from tokenizers import AddedToken, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.processors import TemplateProcessing
from transformers import Gemma3TextConfig, Gemma3TextModel, PreTrainedTokenizerFast

DIM = 32
"""The length of a row, and of a token's vector before the dense layers."""
MARKS = ("<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "<start_of_turn>", "<end_of_turn>")
PROMPTS = {
    "query": "task: search result | query: ",
    "document": "title: none | text: ",
    "Classification": "task: classification | query: ",
    "Clustering": "task: clustering | query: ",
    "STS": "task: sentence similarity | query: ",
}
_WORDS = (
    "task classification search result query title none text sentence similarity clustering wake me at half past six "
    "seven play some jazz turn it up on off the lights in kitchen set an alarm for tomorrow morning what is weather"
)
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:;?!'|<>_[]()-äöüßéñ▁".replace(" ", "")


def write_tiny_gemma(folder: Path, *, dim: int = DIM) -> Path:
    """Write a Gemma3TextModel that attends both ways, mean pooling, two dense layers and normalisation."""
    tokenizer = tiny_gemma_tokenizer()
    torch.manual_seed(7)
    config = Gemma3TextConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=dim,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        query_pre_attn_scalar=16,
        max_position_embeddings=128,
        sliding_window=16,
        layer_types=["sliding_attention", "full_attention"],
        initializer_range=0.2,
        use_bidirectional_attention=True,
    )
    body = folder.with_name(f"{folder.name}-transformer")
    Gemma3TextModel(config).save_pretrained(body)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="<eos>",
        bos_token="<bos>",
        unk_token="<unk>",
        mask_token="<mask>",
        model_max_length=128,
        model_input_names=["input_ids", "attention_mask"],
    ).save_pretrained(body)
    model = SentenceTransformer(
        modules=[
            Transformer(str(body)),
            Pooling(dim, "mean"),
            Dense(dim, 4 * dim, bias=False, activation_function=torch.nn.Identity()),
            Dense(4 * dim, dim, bias=False, activation_function=torch.nn.Identity()),
            Normalize(),
        ],
        prompts=PROMPTS,
        device="cpu",
    )
    model.save(str(folder), create_model_card=False)
    return folder


def tiny_gemma_tokenizer() -> Tokenizer:
    """Make a tokenizer as Gemma's: BPE of the whole text with bytes to fall back on, BOS and EOS around it."""
    pieces = dict.fromkeys((*MARKS, *(f"<0x{byte:02X}>" for byte in range(256)), *_LETTERS))
    merges = []
    for word in _WORDS.split():
        for marked in (f"▁{word}", word):
            for end in range(2, len(marked) + 1):
                if marked[:end] not in pieces:
                    pieces[marked[:end]] = None
                    merges.append((marked[: end - 1], marked[end - 1]))
    ids = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(BPE(ids, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.post_processor = TemplateProcessing(
        single="<bos> $A <eos>",
        pair="<bos> $A <eos> <bos>:1 $B:1 <eos>:1",
        special_tokens=[("<bos>", ids["<bos>"]), ("<eos>", ids["<eos>"])],
    )
    tokenizer.add_special_tokens([AddedToken(mark, special=True, normalized=False) for mark in MARKS])
    return tokenizer
