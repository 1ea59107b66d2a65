"""Settings of stages about translation; apart from torch, so that stages can declare them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct


class NetworkSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How large the two networks are."""

    generator: Literal["johnson", "unet"] = "johnson"
    """StarGAN's, or one whose halved layers are also handed to the doubled ones; it follows true
    translations more closely."""
    channels: Annotated[int, Meta(ge=4, le=256)] = 32
    """Of the first layer of both; each halving of the picture doubles them."""
    blocks: Annotated[int, Meta(ge=1, le=32)] = 4
    """Residual blocks of the generator."""
    halvings: Annotated[int, Meta(ge=1, le=8)] = 4
    """Of the picture's side in the discriminator."""


class LossSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What each part of the losses weighs, against how real a picture looks."""

    classification: Annotated[float, Meta(ge=0)] = 1.0
    """That a picture is taken for one of its domain; the article's λ_cls."""
    cycle: Annotated[float, Meta(ge=0)] = 10.0
    """That a translation translated back is the picture: their mean difference; λ_rec. 0 leaves
    it out, which saves half of the generator's work."""
    gradient_penalty: Annotated[float, Meta(ge=0)] = 10.0
    """That the discriminator's gradient has length 1; λ_gp."""
    paired: Annotated[float, Meta(ge=0)] = 0.0
    """That a translation is the true picture of the same thing, where the target domain has one
    of the same file name: their mean difference, and what is missing to structural similarity."""


class TranslatorSchedule(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long and how fast to learn."""

    batch: Annotated[int, Meta(ge=1)] = 16
    """Pictures a step, of all processes together."""
    epochs: Annotated[int, Meta(ge=1)] = 40
    """All are trained, and the last one is kept."""
    learning_rate: Annotated[float, Meta(gt=0, le=1)] = 1e-4
    """Of both networks; it falls to 0 over the second half."""
    discriminator_steps: Annotated[int, Meta(ge=1)] = 5
    """For each of the generator."""
    average: Annotated[float, Meta(ge=0, lt=1)] = 0.999
    """The share that the average of the generator's weights keeps at each of its steps. The
    average is what is measured and kept; 0 keeps the weights themselves."""
