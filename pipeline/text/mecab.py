"""MeCab without a system package: its library and dictionaries come in wheels."""

from __future__ import annotations

import csv
import ctypes
import importlib
import importlib.util
import os
import shutil
import sys
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.text.words import Words, spaced

_MAX_LENGTH = 4096
"""Characters passed to MeCab at once. It counts the bytes of a word in 16 bits, and its time for a
run of one unknown character grows with the square of the run's length."""

_STYLE = r"""output-format-type = yajiuma
node-format-yajiuma = %m\t%f[0]\t
unk-format-yajiuma = %m\t%f[0]\t
bos-format-yajiuma =
eos-format-yajiuma =
"""
"""Output of each word: its surface and its part of speech. The style is named, since dictionaries
set one of their own."""


class MecabSplitter:
    """Splits Japanese text into morphemes."""

    def __init__(self, dictionary: str, user_dictionary: str | None = None) -> None:
        """``dictionary``: ``ipadic``, ``unidic-lite``, ``system`` or a dictionary's folder.

        ``user_dictionary``: a compiled ``.dic``, a ``.csv`` in MeCab's format, in which all
        but the word may be empty, or a text with a word on each line.
        Raises PipelineError DICTIONARY_UNAVAILABLE.
        """
        folder = dictionary_folder(dictionary)
        if user_dictionary is None:
            self._mecab = _mecab(folder, _STYLE)
            return
        with _compiled(Path(user_dictionary), folder) as compiled:
            self._mecab = _mecab(folder, f"{_STYLE}userdic = {compiled}\n")

    def split(self, text: str) -> Words:
        """The words of a text, with the dictionary's own parts of speech (名詞, 記号, …).

        Texts are split in pieces of 4096 characters, so a word across a cut becomes two.
        """
        text = spaced(text)  # dictionaries agree on no other white space
        if not text:
            return [], []
        if len(text) > _MAX_LENGTH:
            starts = range(0, len(text), _MAX_LENGTH)
            pieces = [self.split(text[start : start + _MAX_LENGTH]) for start in starts]
            return [w for words, _ in pieces for w in words], [p for _, ps in pieces for p in ps]
        parsed = self._mecab.parse(text)
        fields = parsed.split("\t")
        words, parts = fields[0:-1:2], fields[1::2]
        if " " in parsed:  # words of a user dictionary may contain spaces
            pairs = [(w, p) for word, p in zip(words, parts, strict=True) for w in word.split()]
            return [word for word, _ in pairs], [part for _, part in pairs]
        return words, parts


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
    """The folder of a dictionary, given by its package's name or as a path."""
    if dictionary in _PACKAGES:
        try:
            return Path(importlib.import_module(_PACKAGES[dictionary]).DICDIR)
        except ImportError:
            raise _unavailable(
                f"the dictionary {dictionary} is not installed (pip install {dictionary})"
            ) from None
    if dictionary == "system":
        return _system_dictionary()
    folder = Path(dictionary)
    if not (folder / "sys.dic").is_file():
        raise _unavailable(f"{folder} holds no compiled MeCab dictionary (no sys.dic)")
    return folder


_PACKAGES = {"ipadic": "ipadic", "unidic-lite": "unidic_lite"}

_SYSTEM_FOLDERS = (
    "/var/lib/mecab/dic/debian",  # Debian's choice among those installed
    "/usr/lib/*/mecab/dic/*",
    "/usr/lib*/mecab/dic/*",
    "/usr/share/mecab/dic/*",
    "/usr/local/lib/mecab/dic/*",
    "/opt/homebrew/lib/mecab/dic/*",
)


def _system_dictionary() -> Path:
    for pattern in _SYSTEM_FOLDERS:
        for file in sorted(Path("/").glob(f"{pattern[1:]}/sys.dic")):
            return file.parent
    raise _unavailable(
        "no MeCab dictionary is installed on this system (apt install mecab-ipadic-utf8)"
    )


def _mecab(folder: Path, settings: str) -> Any:
    os.environ.setdefault("MECAB_PATH", str(bundled_library()))
    os.environ.setdefault("MECAB_CHARSET", "utf8")
    from natto import MeCab
    from natto.api import MeCabError

    # With a resource file of its own, a system's mecabrc does not change the result. It is also
    # the only place from which MeCab accepts a path with spaces.
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".mecabrc") as resource:
        resource.write(f"dicdir = {folder}\n{settings}")
        resource.flush()
        try:
            return MeCab(f"-r {resource.name}")
        except MeCabError as error:
            raise _unavailable(f"MeCab cannot use the dictionary {folder} ({error})") from error


@contextmanager
def _compiled(user_dictionary: Path, folder: Path) -> Iterator[Path]:
    """A compiled user dictionary, which MeCab no longer needs once it has opened it."""
    if not user_dictionary.is_file():
        raise _unavailable(f"there is no user dictionary at {user_dictionary}")
    with tempfile.TemporaryDirectory() as name:
        target = Path(name) / "user.dic"
        if user_dictionary.suffix == ".dic":
            shutil.copyfile(user_dictionary, target)
        else:
            _compile(user_dictionary, folder, target)
        yield target


def _compile(words: Path, folder: Path, target: Path) -> None:
    table = target.with_suffix(".csv")
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(_entries(_rows(words), folder))
    arguments = [
        *("mecab-dict-index", "-d", str(folder), "-u", str(target)),
        *("-f", "utf-8", "-t", "utf-8", str(table)),
    ]
    # In a process of its own, since MeCab exits at a faulty row.
    child = get_context("spawn").Process(target=_index, args=(arguments,))
    child.start()
    child.join()
    if child.exitcode or not target.is_file():
        raise _unavailable(
            f"MeCab cannot compile {words}: each line is a word, or in a .csv file word,left id,"
            "right id,cost,part of speech,…"
        )


def _rows(path: Path) -> list[list[str]]:
    """Lines without comment lines: fields of a .csv file, or one field each of another file."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        rows = list(csv.reader(lines)) if path.suffix == ".csv" else [[line] for line in lines]
    except (UnicodeDecodeError, csv.Error):
        raise _unavailable(f"{path} is neither a compiled dictionary nor UTF-8 text") from None
    clean = [[spaced(field) for field in row] for row in rows]
    words = [row for row in clean if row and row[0] and not row[0].startswith("# ")]
    if not words:
        raise _unavailable(f"{path} lists no words")
    return words


def _entries(rows: Iterable[Sequence[str]], folder: Path) -> Iterator[list[str]]:
    """Rows in MeCab's format; empty fields are filled as for a noun of the dictionary.

    The connection ids are those of a proper noun that every dictionary knows. The cost falls with
    the length of the word, as MeCab's manual on adding words recommends.
    """
    (noun, *_) = _mecab(folder, "").parse("東京", as_nodes=True)
    for row in rows:
        word, left, right, cost, *feature = [*row, *[""] * 4][: max(4, len(row))]
        for spelling in sorted({word, unicodedata.normalize("NFKC", word)}):
            yield [
                spelling,
                left or str(noun.lcattr),
                right or str(noun.rcattr),
                cost or str(max(-32768, int(6000 - 200 * len(spelling) ** 1.3))),
                *(feature or noun.feature.split(",")[:4]),
            ]


def _index(arguments: list[str]) -> None:
    """Run MeCab's own compiler silently, and exit with its result."""
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    argv = (ctypes.c_char_p * len(arguments))(*map(os.fsencode, arguments))
    sys.exit(ctypes.CDLL(str(bundled_library())).mecab_dict_index(len(arguments), argv))


def _unavailable(problem: str) -> PipelineError:
    return PipelineError(
        ExitCode.DICTIONARY_UNAVAILABLE,
        problem,
        "Set `comments: dictionary:` to ipadic, unidic-lite, system or a dictionary's folder and"
        " `user_dictionary:` to a list of words or a .dic file; `make doctor` looks for them",
    )
