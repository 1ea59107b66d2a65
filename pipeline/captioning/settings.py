"""The settings of captioners and of decoding; apart from torch, so that stages can declare them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Decoder = Literal["lstm", "transformer"]
Attention = Literal["additive", "dot", "none"]
Softmax = Literal["full", "adaptive"]


class Architecture(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a captioner is made of."""

    decoder: Decoder = "lstm"
    """lstm: Show, Attend and Tell (Xu et al. 2015), or Show and Tell (Vinyals et al. 2015) without
    attention. transformer: a small one that also reads pictures around and captions before."""
    attention: Attention = "additive"
    """How the LSTM's state is compared to a position of the grid: by a small network (Bahdanau et
    al. 2015), by a scaled dot product (Luong et al. 2015), or not at all: one vector a picture.
    A Transformer uses the dot product for both of the former."""
    gate: bool = True
    """Whether the LSTM decides how much of what it sees counts (Xu et al. 2015, section 4.2.1)."""
    time: bool = True
    """Whether the model reads how far into the video it is; see ``prompt.FACTS``."""
    rate: bool = True
    """Whether it reads how many captions its second gets."""
    softmax: Softmax = "full"
    """adaptive: rare words go through their class, in fewer dimensions (Grave et al. 2017). That is
    faster on a CPU, and another model."""
    size: Annotated[int, Meta(ge=4, multiple_of=4)] = 256
    """Dimensions of word embeddings and of the decoder's state."""
    dropout: Annotated[float, Meta(ge=0, lt=1)] = 0.3

    @property
    def attends(self) -> bool:
        """Whether pictures are grids of positions rather than single vectors."""
        return self.attention != "none"


class DecodingSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How words are chosen."""

    strategy: Literal["sample", "argmax", "beam"] = "sample"
    """Words are drawn; or each is the most probable one, as in the article; or by beam search."""
    first_word: Literal["model", "frequency"] = "model"
    """The first word is drawn from the model's probabilities; or, as in the article, from the
    word frequencies of training, symbols left out."""
    temperature: Annotated[float, Meta(gt=0, le=5)] = 0.7
    """Below 1 it sharpens the probabilities that words are drawn from."""
    top_k: Annotated[int, Meta(ge=0)] = 50
    """Draw among so many most probable words; 0: all."""
    top_p: Annotated[float, Meta(gt=0, le=1)] = 0.95
    """Of these, among the most probable ones that together reach this probability (Holtzman et
    al. 2020)."""
    beams: Annotated[int, Meta(ge=1, le=20)] = 4
    max_words: Annotated[int, Meta(ge=1, le=200)] = 20
