"""``model.safetensors``: a generator's weights; its header says what it translates into."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from pipeline.learning.card_file import opened_with_card, save_with_card
from pipeline.translation.networks import Generator
from pipeline.translation.settings import NetworkSettings


class TranslatorCard(msgspec.Struct, frozen=True):
    """What a model is."""

    networks: NetworkSettings
    domains: list[str]
    exclusive: bool
    """Whether a picture is in one domain; otherwise they are attributes."""
    size: int
    """The side of the pictures that it learned from, in pixels."""


@dataclass(frozen=True)
class Translator:
    """A generator with all that is needed to use it."""

    generator: Generator
    card: TranslatorCard

    @classmethod
    def load(cls, path: Path) -> Translator:
        """Build the generator that ``path`` describes, in evaluation mode, on the CPU.

        Raises PipelineError BAD_ARTIFACT for a file that is no translator.
        """
        with opened_with_card(path, TranslatorCard, "pt", "train it again") as (card, tensors):
            generator = Generator(len(card.domains), card.networks)
            generator.load_state_dict(tensors)
        return cls(generator.eval(), card)

    def save(self, path: Path) -> None:
        """Publish weights and card."""
        save_with_card(path, self.generator.state_dict(), self.card)
