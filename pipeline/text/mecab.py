"""MeCab without a system package: its library and a dictionary come as wheels."""

from __future__ import annotations

import importlib
import importlib.util
import os
import tempfile
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import ExitCode, PipelineError


class Word(NamedTuple):
    """One morpheme."""

    surface: str
    part: str
    """Part of speech, the first field of the dictionary's features: 名詞, 記号, …"""


class Tokenizer:
    """Splits Japanese text into words."""

    def __init__(self, dictionary: str) -> None:
        """``dictionary``: ``ipadic``, or the folder of a compiled MeCab dictionary.

        Raises PipelineError DICTIONARY_UNAVAILABLE.
        """
        os.environ.setdefault("MECAB_PATH", str(bundled_library()))
        os.environ.setdefault("MECAB_CHARSET", "utf8")
        from natto import MeCab
        from natto.api import MeCabError

        folder = dictionary_folder(dictionary)
        # A resource file of its own: a system's mecabrc must not change the result, and
        # MeCab takes a path with spaces from nowhere else.
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".mecabrc") as resource:
            resource.write(f"dicdir = {folder}\n")
            resource.flush()
            try:
                self._mecab = MeCab(f"-r {resource.name}")
            except MeCabError as error:
                raise _unavailable(f"MeCab cannot use the dictionary {folder} ({error})") from error

    def words(self, text: str) -> list[Word]:
        """The words of ``text`` in order; none are empty or hold spaces."""
        nodes = self._mecab.parse(text, as_nodes=True)
        return [
            Word(surface, node.feature.partition(",")[0])
            for node in nodes
            if node.is_nor() or node.is_unk()
            for surface in node.surface.split()
        ]


def bundled_library() -> Path:
    """The libmecab inside mecab-python3's wheel, or the one MECAB_PATH names."""
    if "MECAB_PATH" in os.environ:
        return Path(os.environ["MECAB_PATH"])
    spec = importlib.util.find_spec("MeCab")
    if spec is not None and spec.origin is not None:
        package = Path(spec.origin).parent
        beside = [package.parent / "mecab_python3.libs", package / ".dylibs"]
        for folder in beside:
            for library in sorted(folder.glob("libmecab*")):
                return library
    raise _unavailable("mecab-python3 is not installed or carries no libmecab")


def dictionary_folder(dictionary: str) -> Path:
    """Where a dictionary lies, by its package's name or as a path."""
    if dictionary == "ipadic":
        return Path(importlib.import_module("ipadic").DICDIR)
    folder = Path(dictionary).expanduser()
    if not (folder / "sys.dic").is_file():
        raise _unavailable(f"{folder} holds no compiled MeCab dictionary (no sys.dic)")
    return folder


def _unavailable(problem: str) -> PipelineError:
    return PipelineError(
        ExitCode.DICTIONARY_UNAVAILABLE,
        problem,
        "Set `comments: dictionary:` to ipadic or a dictionary's folder; `make doctor` looks"
        " for them",
    )
