"""Write labels in another format, and report what that format cannot carry."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pipeline.labels import writers
from pipeline.labels.boxes import Sizes
from pipeline.labels.record import Label
from pipeline.labels.writer import Existing, Output, Writer
from pipeline.runtime.quantities import counted

_FIELDS: Mapping[str, str] = {
    "other_names": "other names of pictures",
    "group": "groups",
    "box": "boxes",
    "drawn_on": "the sizes that boxes are measured in",
    "weight": "ratings",
    "rater": "raters",
    "by": "that a model wrote them",
    "complete": "that no other tags hold",
    "split": "splits",
}
"""Names of what may be lost. The file that a label comes from is never written."""
_NOTHING = Label(picture="", kind="text")
_MAX_NAMED = 5


def format_names() -> list[str]:
    """The names of all formats; those with a file are also its ending."""
    return sorted(
        module.name.replace("_", ".") for module in pkgutil.iter_modules(writers.__path__)
    )


def write_labels(
    path: Path,
    name: str,
    labels: Iterable[Label],
    existing: Existing = "replace",
    sizes: Sizes | None = None,
) -> str:
    """Publish ``labels`` in the format ``name``; return a summary in one line.

    ``path`` is a file; of formats with a file beside each picture it is the folder of the pictures,
    and ``existing`` says what becomes of those that are there. Boxes need the ``sizes`` of upright
    pictures in some formats. A folder of boxes takes the place of what is at ``path``.
    """
    module = importlib.import_module(f"{writers.__name__}.{name.replace('.', '_')}")
    writer: Writer = module.WRITER
    output = Output(path, existing, sizes)
    writer.write(_recording_losses(labels, writer, output), output)
    summary = f"{counted(output.written, 'label')} written"
    if output.lost:
        lost = ", ".join(f"{what} ({count})" for what, count in output.lost.most_common())
        summary += f"; {name} cannot carry {lost}"
    for reason, names in output.kept.items():
        more = len(names) - _MAX_NAMED
        named = ", ".join(names[:_MAX_NAMED]) + (f" and {more} more" if more > 0 else "")
        summary += f"; left as they are, {reason}: {named}"
    return summary


def _recording_losses(labels: Iterable[Label], writer: Writer, output: Output) -> Iterator[Label]:
    """Yield labels of the format's kinds, recording the others and fields that it does not have."""
    lost = [(field, title) for field, title in _FIELDS.items() if field not in writer.carries]
    for label in labels:
        if label.kind not in writer.kinds:
            output.lose(f"labels of kind {label.kind}")
            continue
        for field, title in lost:
            if getattr(label, field) != getattr(_NOTHING, field):
                is_probability = field == "weight" and label.kind in ("tag", "box")
                output.lose("probabilities" if is_probability else title)
        yield label
