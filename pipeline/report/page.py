"""Pages that are whole in themselves: scripts and styles inside, and nothing else may run.

The content security policy names the digest of every script and style; it lets pictures and the
video come from beside the page, from disk or from a host, and forbids all else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.report.language import Phrases
from pipeline.report.section import Page, Section
from pipeline.runtime.clock import MILLISECONDS, clock_text

WEB = Path(__file__).parent / "web"
"""Templates, scripts, styles and phrases of all pages."""

_SCRIPTS = ("theme.js", "elements.js", "tables.js", "folds.js")


def page_html(page: Page) -> str:
    """The page as HTML; equal pages give equal text."""
    phrases = Phrases.load([WEB, *dict.fromkeys(section.folder for section in page.sections)])
    return shell_html(
        template_of("page.html.j2", phrases),
        phrases,
        styles=[_file(section, name) for section in page.sections for name in section.styles],
        scripts=[_file(section, name) for section in page.sections for name in section.scripts],
        data={s.name: s.data for s in page.sections if s.data is not None},
        page=page,
        parts=[(section, _body(section, phrases)) for section in page.sections],
    )


def shell_html(
    template: Any,
    phrases: Phrases,
    styles: Iterable[Path] = (),
    scripts: Iterable[Path] = (),
    data: Mapping[str, object] | None = None,
    **values: object,
) -> str:
    """The HTML of a ``template`` that extends base.html.j2 and is given ``values``.

    ``styles`` and ``scripts`` come after those of all pages; ``data`` is what scripts find as JSON
    in the elements ``NAME-data``.
    """
    style = "".join(map(_read, dict.fromkeys([WEB / "style.css", *styles])))
    names = ("early.js", "language.js", *_SCRIPTS)
    early, *codes = map(_read, dict.fromkeys([*(WEB / name for name in names), *scripts]))
    text: str = template.render(
        **values,
        policy=_policy(style, [early, *codes]),
        style=Markup(style),  # noqa: S704  # our own files
        early=Markup(early),  # noqa: S704
        scripts=[Markup(code) for code in codes],  # noqa: S704
        data={name: json_element(value) for name, value in (data or {}).items()},
        phrases=json_element({key: [phrase.en, phrase.ja] for key, phrase in phrases.items()}),
    )
    return text + "\n"


def json_element(value: object) -> Markup:
    """``value`` as JSON for a script element that does not run, whatever texts it holds."""
    text = msgspec.json.encode(value).decode()
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704  # nothing that HTML knows is left


def template_of(name: str, phrases: Phrases) -> Any:
    """A template of ``WEB`` that speaks in ``phrases``."""
    return _environment([WEB], phrases).get_template(name)


def _body(section: Section, phrases: Phrases) -> Markup:
    template = _environment([section.folder, WEB], phrases).get_template(section.template)
    return Markup(template.render(section.values))  # noqa: S704  # values are escaped


def _environment(folders: Sequence[Path], phrases: Phrases) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        t=phrases.element, label=phrases.attribute, recognized=phrases.recognized, clock=_clock
    )
    return environment


def _clock(seconds: float) -> str:
    return clock_text(round(seconds * MILLISECONDS), digits=1)


def _file(section: Section, name: str) -> Path:
    own = section.folder / name
    return own if own.exists() else WEB / name


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


def _read(path: Path) -> str:
    return path.read_text("utf-8")
