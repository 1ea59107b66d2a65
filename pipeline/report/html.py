"""Pages that are whole in themselves: scripts and styles inside, and nothing else may run.

The content security policy names the digest of every script and style; it lets pictures and the
video come from beside the page, from disk or from a host, and forbids all else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from markupsafe import Markup

from pipeline.report.language import label, phrase, phrases
from pipeline.runtime.sample_size import is_enough

_FOLDER = Path(__file__).parent / "web"


def page(template: str, scripts: Sequence[str], data: object = None, **values: object) -> str:
    """The page of ``template`` with ``scripts``, all names of files in ``web/``.

    ``data`` is what the scripts find as JSON in the element ``page-data``; ``values`` are the
    template's. Equal arguments give equal text.
    """
    style = _read("style.css") + _read("watch.css")
    early, *codes = [_read(script) for script in ("early.js", "language.js", *scripts)]
    content: str = (
        _environment()
        .get_template(template)
        .render(
            **values,
            policy=_policy(style, [early, *codes]),
            style=Markup(style),  # noqa: S704  # our own files
            early=Markup(early),  # noqa: S704
            scripts=[Markup(code) for code in codes],  # noqa: S704
            data=json_element(data),
            phrases=json_element({key: msgspec.structs.astuple(p) for key, p in phrases().items()}),
        )
    )
    return content + "\n"


def json_element(value: object) -> Markup:
    """``value`` as JSON for a script element that does not run, whatever texts it holds."""
    text = msgspec.json.encode(value).decode()
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704  # nothing that HTML knows is left


def _policy(style: str, scripts: Sequence[str]) -> str:
    rules: Mapping[str, Sequence[str]] = {
        "default-src": ["'none'"],
        "script-src": list(map(_digest, scripts)),
        "style-src": [_digest(style)],
        "img-src": ["'self'", "file:", "data:"],
        "media-src": ["'self'", "file:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _read(name: str) -> str:
    return (_FOLDER / name).read_text("utf-8")


@cache
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(t=phrase, label=label, is_enough=is_enough)
    return environment
