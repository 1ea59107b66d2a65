"""``model.safetensors``: a generator's weights; its header says what it translates into."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from pipeline.runtime.atomic_files import published
from pipeline.runtime.errors import ExitCode, PipelineError
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
        try:
            with safe_open(path, framework="pt") as file:
                card = msgspec.json.decode(file.metadata()["card"], type=TranslatorCard)
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            generator = Generator(len(card.domains), card.networks)
            generator.load_state_dict(tensors)
        except (SafetensorError, TypeError, KeyError, msgspec.DecodeError, RuntimeError):
            raise PipelineError(
                ExitCode.BAD_ARTIFACT,
                f"{path} is damaged, or of another version",
                "Copy the model again, or train it again",
            ) from None
        return cls(generator.eval(), card)

    def save(self, path: Path) -> None:
        """Publish weights and card."""
        tensors = {n: t.detach().contiguous() for n, t in self.generator.state_dict().items()}
        with published(path) as temporary:
            save_file(tensors, temporary, {"card": msgspec.json.encode(self.card).decode()})
