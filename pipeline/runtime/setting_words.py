"""Describe settings for people: a value, what it may be, and what was probably meant."""

from __future__ import annotations

import json
import math
import types
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec
from msgspec import Meta

from pipeline.runtime.spelling import closest

_MAX_CHARACTERS = 60
"""Characters of a value that are repeated in a message."""
_SWITCHES = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}
"""Words for true and false, as YAML reads them without quotes."""


class _Form(NamedTuple):
    """One of the alternatives of a type."""

    kind: Any
    """A class, a Literal or a generic type."""
    meta: Meta
    """Its constraints."""

    @property
    def is_list(self) -> bool:
        return get_origin(self.kind) in (list, tuple)


def one_of(names: Sequence[str]) -> str:
    """The names as a choice: ``a or b``, ``one of a, b, c``."""
    return f"one of {', '.join(names)}" if len(names) > 2 else " or ".join(names)


def described(value: Any) -> str:
    """A value as a settings file would hold it; lists and sections by their kind only."""
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a section"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    short = text if len(text) <= _MAX_CHARACTERS else f"{text[:_MAX_CHARACTERS]}…"
    return f"“{short}”" if isinstance(value, str) else short


def requirement(kind: Any) -> str:
    """What a value of type ``kind`` must be; null comes last."""
    forms = sorted(_forms(kind), key=lambda form: form.kind is types.NoneType)
    if len(forms) == 1:
        return _requirement(forms[0])
    parts: list[str] = []
    for form in forms:
        parts += _words(form) or [_requirement(form)]
    return f"{', '.join(parts[:-1])} or {parts[-1]}"


def _requirement(form: _Form) -> str:
    kind, meta = form
    if meta.description:
        return meta.description
    if words := _words(form):
        return one_of(words)
    if form.is_list:
        return _list(form)
    if kind is int:
        return f"a whole number{_range(meta, step=1)}"
    if kind is float:
        return f"a number{_range(meta, step=0)}"
    if sections := fields(kind):
        return f"a section of {', '.join(sections)}"
    return {str: "a word or text", bool: "true or false", types.NoneType: "null"}.get(
        kind, "a section of `name: value`"
    )


def _list(form: _Form) -> str:
    entry, *more = get_args(form.kind)
    if more and more != [...]:
        return f"a list of {1 + len(more)}, each {requirement(entry)}"
    at_least = f" of at least {form.meta.min_length}" if form.meta.min_length else ""
    return f"a list{at_least} whose entries are each {requirement(entry)}"


def _range(meta: Meta, step: int) -> str:
    """The bounds. With a ``step``, exclusive bounds become the next inclusive ones."""
    at_least, at_most = meta.ge, meta.le
    if step:
        at_least = at_least if meta.gt is None else meta.gt + step
        at_most = at_most if meta.lt is None else meta.lt - step
    if at_least is not None and at_most is not None:
        bounds = f" from {_plain(at_least)} to {_plain(at_most)}"
    else:
        above, below = (None, None) if step else (meta.gt, meta.lt)
        limits = {"of at least": at_least, "above": above, "below": below, "at most": at_most}
        given = [f"{words} {_plain(end)}" for words, end in limits.items() if end is not None]
        bounds = " " + " and ".join(given) if given else ""
    return bounds + (f" that is a multiple of {meta.multiple_of}" if meta.multiple_of else "")


def _plain(number: float) -> str:
    return f"{number:.12g}"


def suggestion(value: Any, kind: Any) -> str | None:
    """How to write what was probably meant by an invalid value; None without a guess."""
    forms = _forms(kind)
    kinds = [form.kind for form in forms]
    if bool in kinds and (switch := _SWITCHES.get(str(value).casefold())) is not None:
        return json.dumps(switch)
    if isinstance(value, bool):
        return _in_quotes(value, forms)
    if any(form.is_list for form in forms) and isinstance(value, str | int | float | None):
        return "[]" if value is None else f"[{value}]"
    if {int, float} & {*kinds} and (number := _number(str(value))):
        return number if isinstance(value, str) or number != str(value) else None
    if isinstance(value, int | float | date) and any(form.kind is str for form in forms):
        return f'"{value.isoformat() if isinstance(value, date) else value}"'
    return _near(value, forms) if isinstance(value, str) else None


def _in_quotes(value: bool, forms: Sequence[_Form]) -> str | None:
    words = [word for form in forms for word in _words(form) if _SWITCHES.get(word) == value]
    return f'"{words[0]}"' if words else None


def _number(text: str) -> str | None:
    """A number in YAML from one that YAML takes for a word: 1e-4, "64", 0,5 or 20%."""
    plain = text.strip().replace(",", ".").removesuffix("%")
    try:
        number = float(plain) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    return str(int(number)) if number.is_integer() else f"{number:.12f}".rstrip("0")


def _near(value: str, forms: Sequence[_Form]) -> str | None:
    """The most similar of the allowed words, or of their other names."""
    words = {word: word for form in forms for word in _words(form)}
    words |= {"none": "null"} if any(form.kind is types.NoneType for form in forms) else {}
    for form in forms:
        words |= (form.meta.extra or {}).get("also", {})
    near = closest(value, words)
    return words[near] if near else None


def type_under(key: str, kind: Any) -> Any:
    """The type of the value under ``key`` in a section or list."""
    for form in _forms(kind):
        if form.is_list and key.isdigit():
            entries = get_args(form.kind)
            return entries[0] if len(entries) < 2 or entries[1] is ... else entries[int(key)]
        if key in fields(form.kind):
            return fields(form.kind)[key]
    return Any


def names_in(kind: Any) -> list[str]:
    """The names that a section may hold."""
    return [name for form in _forms(kind) for name in fields(form.kind)]


def fields(kind: Any) -> dict[str, Any]:
    """The type under each name of a section; empty for other types."""
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return {}
    return {field.encode_name: field.type for field in msgspec.structs.fields(kind)}


def metadata(kind: Any) -> dict[str, Any]:
    """The extra metadata of a setting's type."""
    return {k: v for form in _forms(kind) for k, v in (form.meta.extra or {}).items()}


def choices(kind: Any) -> list[str]:
    """The words of which a setting may be one; empty if it may be something else."""
    return [word for form in _forms(kind) for word in _words(form)]


def _words(form: _Form) -> list[str]:
    return list(get_args(form.kind)) if get_origin(form.kind) is Literal else []


def _forms(kind: Any, meta: Meta | None = None) -> list[_Form]:
    if get_origin(kind) is Annotated:
        inner, *metas = get_args(kind)
        return _forms(inner, next(one for one in metas if isinstance(one, Meta)))
    if get_origin(kind) in (Union, types.UnionType):
        return [form for one in get_args(kind) for form in _forms(one, meta)]
    return [_Form(kind, meta or Meta())]
