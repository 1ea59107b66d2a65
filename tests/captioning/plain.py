"""The captioners once more, slow and obviously right: comment by comment and word by word.

Weights are read from a state dict by their names and computed with as float64. ``p`` is a
position, ``d`` the size, ``t`` words so far.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from pipeline.captioning.caption_set import CaptionSet
from pipeline.captioning.captioner import Captioner, CaptionerSpec
from pipeline.captioning.dropout import DropoutMasks
from pipeline.captioning.prompt import FACTS
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.text.vocabulary import BEGIN, PADDING

HEADS, BLOCKS = 4, 2
NORM_EPSILON = 1e-5

Weights = Mapping[str, Tensor]


class Kept(NamedTuple):
    """What dropout keeps for one comment, (d,) each."""

    picture: Tensor
    word: Tensor
    hidden: Tensor


class Inputs(NamedTuple):
    """What one comment is written from, as float64 but for ids."""

    picture: Tensor
    """(p, c) or (c,)"""
    facts: Tensor
    """(f,)"""
    around: Tensor
    """(w, c)"""
    context: list[list[int]]


class Nats(NamedTuple):
    """The losses of one caption, or of several."""

    words: Tensor
    """Nats of all words."""
    style: Tensor
    """Nats of all styles."""
    neglect: Tensor
    """Sum over positions of (1 - attention during the comment)²."""


def weights_of(captioner: Captioner) -> dict[str, Tensor]:
    """Parameters to be differentiated by, and buffers."""
    trained = dict(captioner.named_parameters())
    return {
        name: tensor.detach().double().requires_grad_(name in trained)
        for name, tensor in captioner.state_dict().items()
    }


def nats_of(
    weights: Weights,
    spec: CaptionerSpec,
    comments: CaptionSet,
    groups: list[list[int]],
    bank: FeatureBank,
    masks: DropoutMasks | None = None,
) -> Nats:
    """Of all comments; ``masks`` are of ``groups``, and of their comments in that order."""
    found = []
    place = 0
    for group, rows in enumerate(groups):
        for row in rows:
            kept = None
            if masks is not None:
                drawn = masks.picture[group], masks.word[place], masks.hidden[place]
                kept = Kept(*(mask.double() for mask in drawn))
            inputs = _inputs_of(comments, row, bank)
            found.append(
                _nats_of(weights, spec, inputs, comments.sentences[row], comments.style[row], kept)
            )
            place += 1
    return Nats(*(torch.stack(parts).sum() for parts in zip(*found, strict=True)))


def _inputs_of(comments: CaptionSet, row: int, bank: FeatureBank) -> Inputs:
    every = comments.inputs
    return Inputs(
        bank.gather(every.picture[row : row + 1])[0].double(),
        torch.from_numpy(every.facts[row]).double(),
        torch.from_numpy(bank.means[every.around[row]]).double(),
        every.context[row].tolist(),
    )


def _nats_of(
    weights: Weights,
    spec: CaptionerSpec,
    inputs: Inputs,
    sentence: list[int],
    style: list[int],
    kept: Kept | None,
) -> Nats:
    write = _transformer if spec.decoder == "transformer" else _lstm
    states, attention = write(weights, spec, inputs, [BEGIN, *sentence[:-1]], kept)
    if kept is not None:
        states = [state * kept.hidden for state in states]
    words = torch.zeros((), dtype=torch.float64)
    for state, word in zip(states, sentence, strict=True):
        words = words - _log_probs(_linear(weights, "softmax.out", state))[word]
    styles = torch.zeros((), dtype=torch.float64)
    for index, chosen in enumerate(style):
        styles = styles - _log_probs(_linear(weights, f"style.{index}", states[-1]))[chosen]
    neglect = torch.zeros((), dtype=torch.float64)
    if spec.attends:
        for position in range(len(inputs.picture)):
            during = sum(shares[position] for shares in attention)
            neglect = neglect + (1 - during) ** 2
    return Nats(words, styles, neglect)


def _lstm(
    weights: Weights, spec: CaptionerSpec, inputs: Inputs, read: list[int], kept: Kept | None
) -> tuple[list[Tensor], list[list[Tensor]]]:
    """The state after each word read, and the attention weights before."""
    normal = (inputs.picture - weights["mean"]) / weights["std"]
    facts = _facts(spec, inputs)
    words = [weights["embed.weight"][word] for word in read]
    if kept is not None:
        words = [word * kept.word for word in words]
    if not spec.attends:
        value = _value(weights, normal, kept)
        hidden, cell = _linear(weights, "initial", facts).tanh().chunk(2)
        hidden, cell = _lstm_step(weights, "lstm", "_l0", value, hidden, cell)
        states = []
        for word in words:
            hidden, cell = _lstm_step(weights, "lstm", "_l0", word, hidden, cell)
            states.append(_linear(weights, "deep", hidden).tanh())
        return states, []

    values = [_value(weights, position, kept) for position in normal]
    mean = sum(normal[1:], normal[0]) / len(normal) / weights["spread"]
    hidden, cell = _linear(weights, "initial", torch.cat([mean, facts])).tanh().chunk(2)
    states, attention = [], []
    for word in words:
        query = weights["query.weight"] @ hidden
        scores = [_score(weights, spec, query, _linear(weights, "key", v)) for v in values]
        shares = _shares(scores)
        seen = sum(share * value for share, value in zip(shares, values, strict=True))
        assert isinstance(seen, Tensor)
        if spec.gate:
            seen = seen * _sigmoid(_linear(weights, "gate", hidden))
        entering = torch.cat([word, seen])
        hidden, cell = _lstm_step(weights, "cell", "", entering, hidden, cell)
        states.append(_linear(weights, "deep", torch.cat([hidden, seen])).tanh())
        attention.append(shares)
    return states, attention


def _score(weights: Weights, spec: CaptionerSpec, query: Tensor, key: Tensor) -> Tensor:
    if spec.attention == "additive":
        return weights["score.weight"][0] @ (key + query).tanh()
    return query @ key / math.sqrt(spec.size)


def _lstm_step(
    weights: Weights, name: str, suffix: str, entering: Tensor, hidden: Tensor, cell: Tensor
) -> tuple[Tensor, Tensor]:
    """Hochreiter & Schmidhuber 1997, with a gate to forget, in torch's order of gates."""
    gates = (
        weights[f"{name}.weight_ih{suffix}"] @ entering
        + weights[f"{name}.bias_ih{suffix}"]
        + weights[f"{name}.weight_hh{suffix}"] @ hidden
        + weights[f"{name}.bias_hh{suffix}"]
    )
    d = len(hidden)
    enter, forget = _sigmoid(gates[:d]), _sigmoid(gates[d : 2 * d])
    new, leave = gates[2 * d : 3 * d].tanh(), _sigmoid(gates[3 * d :])
    cell = forget * cell + enter * new
    return leave * cell.tanh(), cell


def _transformer(
    weights: Weights, spec: CaptionerSpec, inputs: Inputs, read: list[int], kept: Kept | None
) -> tuple[list[Tensor], list[list[Tensor]]]:
    """The state after each word read, and its attention weights."""
    normal = (inputs.picture - weights["mean"]) / weights["std"]
    values = [_value(weights, position, kept) for position in normal.reshape(-1, spec.channels)]
    notes = _notes(weights, spec, inputs)
    now = []
    for place, word in enumerate(read):
        vector = weights["embed.weight"][word] + weights["place.weight"][place]
        now.append(vector if kept is None else vector * kept.word)
    attention: list[list[Tensor]] = []
    for block in range(BLOCKS):
        name = f"blocks.{block}"
        normed = [_norm(weights, f"{name}.norms.0", vector) for vector in now]
        after, attention = [], []
        for place, before in enumerate(now):
            vector = before
            seen, _ = _heads(weights, f"{name}.to_words", normed[place], normed[: place + 1])
            vector = vector + seen
            asking = _norm(weights, f"{name}.norms.1", vector)
            vector = vector + _heads(weights, f"{name}.to_notes", asking, notes)[0]
            asking = _norm(weights, f"{name}.norms.2", vector)
            seen, shares = _heads(weights, f"{name}.to_picture", asking, values)
            vector = vector + seen
            inner = _linear(weights, f"{name}.mlp.0", _norm(weights, f"{name}.norms.3", vector))
            after.append(vector + _linear(weights, f"{name}.mlp.2", _gelu(inner)))
            attention.append(shares)
        now = after
    return [_norm(weights, "norm", vector) for vector in now], attention


def _notes(weights: Weights, spec: CaptionerSpec, inputs: Inputs) -> list[Tensor]:
    notes = [_linear(weights, "facts", _facts(spec, inputs))]
    for index, picture in enumerate(inputs.around):
        rows = slice(index * spec.size, (index + 1) * spec.size)
        pooled = (picture - weights["mean"]) / weights["std"] / weights["spread"]
        notes.append(weights["around.weight"][rows] @ pooled + weights["around.bias"][rows])
    for place, word in enumerate(word for comment in inputs.context for word in comment):
        if word != PADDING:
            notes.append(weights["embed.weight"][word] + weights["context_place.weight"][place])
    return notes


def _heads(
    weights: Weights, name: str, asking: Tensor, source: list[Tensor]
) -> tuple[Tensor, list[Tensor]]:
    """What is seen, and the mean over heads of how much of it each of ``source`` gave."""
    d = len(asking)
    query = _linear(weights, f"{name}.query", asking)
    all_keys = torch.stack(source) @ weights[f"{name}.key.weight"].T
    all_values = torch.stack([_linear(weights, f"{name}.value", one) for one in source])
    seen, shares_of_heads = [], []
    for head in range(HEADS):
        part = slice(head * d // HEADS, (head + 1) * d // HEADS)
        keys, values = all_keys[:, part], all_values[:, part]
        shares = _log_probs(keys @ query[part] / math.sqrt(d // HEADS)).exp()
        seen.append(shares @ values)
        shares_of_heads.append(shares)
    mean = torch.stack(shares_of_heads).mean(0)
    return _linear(weights, f"{name}.out", torch.cat(seen)), list(mean.unbind())


def _value(weights: Weights, position: Tensor, kept: Kept | None) -> Tensor:
    value = _linear(weights, "project", position).clamp_min(0)
    return value if kept is None else value * kept.picture


def _facts(spec: CaptionerSpec, inputs: Inputs) -> Tensor:
    unknown = [not (spec.rate if fact == "rate" else spec.time) for fact in FACTS]
    return inputs.facts.masked_fill(torch.tensor(unknown), 0)


def _linear(weights: Weights, name: str, vector: Tensor) -> Tensor:
    product = weights[f"{name}.weight"] @ vector
    return product + weights[f"{name}.bias"] if f"{name}.bias" in weights else product


def _norm(weights: Weights, name: str, vector: Tensor) -> Tensor:
    centred = vector - vector.mean()
    normal = centred / ((centred**2).mean() + NORM_EPSILON).sqrt()
    return normal * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def _sigmoid(vector: Tensor) -> Tensor:
    return 1 / (1 + (-vector).exp())


def _gelu(vector: Tensor) -> Tensor:
    return vector * (1 + torch.erf(vector / math.sqrt(2))) / 2


def _log_probs(scores: Tensor) -> Tensor:
    largest = scores.max().detach()
    return scores - largest - (scores - largest).exp().sum().log()


def _shares(scores: list[Tensor]) -> list[Tensor]:
    return list(_log_probs(torch.stack(scores)).exp().unbind())
