"""Where a line of text may be broken, and where it is best broken.

The units that stay whole follow the Unicode Line Breaking Algorithm (UAX #14): words at spaces,
Japanese and Chinese character by character but for what may not begin or end a line (kinsoku),
grapheme clusters never torn. Words of Korean stay whole as they do in print. Thai and its
neighbours, which would need a dictionary, are broken between syllables.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import regex

from pipeline.lettering.bidi import runs_leftward

_WORD_INSIDE = 0.12
"""Cost of a break that is likely inside a word of a script without spaces.

The cost of a line is the square of the share of it that stays empty: this is as much as 35 % of
a line.
"""
_ROUNDING = 1e-9  # em
_ELLIPSIS = "…"
_LEFT_TO_RIGHT, _RIGHT_TO_LEFT = "\u200e", "\u200f"  # marks without a glyph

# Sets of characters by the classes of UAX #14 (lb).
_LETTERS = r"\p{lb=AL}\p{lb=HL}\p{lb=NU}\p{lb=H2}\p{lb=H3}\p{lb=JL}\p{lb=JV}\p{lb=JT}"
_OPENING = r"[\p{lb=OP}\p{lb=PR}\p{lb=QU}\p{lb=BB}]--\p{Pf}"
"""Brackets and quotes that open, and signs before numbers: they may not end a line."""
_CLOSING = (
    r"[\p{lb=CL}\p{lb=CP}\p{lb=EX}\p{lb=IS}\p{lb=SY}\p{lb=NS}\p{lb=CJ}\p{lb=IN}"
    r"\p{lb=HY}\p{lb=BA}\p{lb=QU}\p{lb=PO}\p{lb=GL}\p{lb=WJ}]--[\p{Pi}\p{Zs}]"
)
"""Punctuation, brackets that close, small kana, prolonged sounds: they may not begin a line."""
_IN_WORD = r"\p{lb=GL}\p{lb=WJ}\p{lb=IS}\p{lb=SY}\p{lb=QU}\p{lb=PR}\p{lb=PO}\p{lb=CP}("
"""What may stand inside a word, brackets of ASCII too."""
_SPACE = r"\p{lb=ZW}[\p{Zs}--\p{lb=GL}]"
_UNIT = regex.compile(
    rf"""
    (?: (?=[{_OPENING}] | \p{{lb=HY}}\p{{lb=NU}}) \X )*
    (?:
        # A word, with what stands between its letters, or a hyphen before a digit.
        (?=[{_LETTERS}]) \X (?: (?=[{_LETTERS}{_IN_WORD}] | \p{{lb=HY}}\p{{lb=NU}}) \X )*
        # Dashes that belong together.
        | [\u2014\u2015]+
        # A syllable of a script without spaces: vowels before, stacked and after the consonant.
        | [\u0e40-\u0e44\u0ec0-\u0ec4]? (?=\p{{lb=SA}}) \X (?: (?<=[\u1039\u17d2]) \X )*
          [\u0e30\u0e32\u0e33\u0e45\u0e46\u0eb0\u0eb2\u0eb3\u0ec6]*
        | \X
    )
    (?: (?=[{_CLOSING}]) \X )*
    [{_SPACE}]*
    """,
    regex.VERSION1 | regex.VERBOSE,
)
_CLUSTER = regex.compile(r"\X")
_INSIDE_WORD = regex.compile(
    r"[\p{sc=Han}\p{sc=Hira}]\p{sc=Hira}|[\p{Nd}\p{sc=Han}]\p{sc=Han}|[\p{sc=Kana}ー]\p{sc=Kana}"
    r"|\p{lb=SA}(?![\u0e40-\u0e44\u0ec0-\u0ec4])\p{lb=SA}"
)
"""Two characters that are likely of one word.

A Japanese word mostly begins after hiragana, and a vowel before its consonant begins a syllable of
Thai and Lao.
"""


def units(text: str) -> list[str]:
    """``text``, which has no newline, in the parts that stay whole, each with its spaces after."""
    return list(_UNIT.findall(text))


@dataclass(frozen=True)
class _Part:
    text: str
    width: float
    """With the spaces behind it."""
    ink: float
    """Without them."""
    cost: float
    """Of a break before it."""


class Passage:
    """A text to be set on lines of any width; widths are in em.

    Its newlines are kept. Spaces at its ends, and those at which it is broken, are left out. A
    unit that is too wide for a line is broken between any two grapheme clusters. A single cluster
    that is too wide gets a line of its own.
    """

    def __init__(self, text: str, width: Callable[[str], float]) -> None:
        """``width`` tells that of any text without newlines."""
        self._text, self._width = text, width
        self._paragraphs = [
            (list(self._measured(units(line.strip()))), runs_leftward(line))
            for line in text.split("\n")
        ]

    def line_count(self, limit: float) -> int:
        """The fewest lines of at most ``limit`` that it takes."""
        return sum(_line_count(self._fitting(parts, limit), limit) for parts, _ in self._paragraphs)

    def lines(self, limit: float) -> list[str]:
        """The fewest lines of at most ``limit``; of all ways to do so, that of the least cost.

        Lines of even length cost least, and breaks inside words of scripts without spaces cost
        more. A line whose own characters would give it another direction than its paragraph has
        begins with a mark.
        """
        return [
            _with_direction(line, leftward)
            for parts, leftward in self._paragraphs
            for line in _best_lines(self._fitting(parts, limit), limit)
        ]

    def shortened(self, limit: float, max_lines: int) -> Passage:
        """Itself if ``max_lines`` of ``limit`` are enough, or else the most that fits, with …."""
        if self.line_count(limit) <= max_lines:
            return self
        clusters = _CLUSTER.findall(self._text)

        def beginning(count: int) -> Passage:
            return Passage("".join(clusters[:count]).rstrip() + _ELLIPSIS, self._width)

        count = bisect_right(
            range(len(clusters)),
            max_lines,
            lo=1,
            key=lambda count: beginning(count).line_count(limit),
        )
        return beginning(count - 1)

    def _fitting(self, parts: list[_Part], limit: float) -> list[_Part]:
        """``parts``, those too wide in clusters."""
        if all(part.ink <= limit for part in parts):
            return parts
        fitting: list[_Part] = []
        for part in parts:
            whole = part.ink <= limit
            fitting += [part] if whole else self._measured(_CLUSTER.findall(part.text))
        return fitting

    def _measured(self, texts: list[str]) -> Iterator[_Part]:
        before = " "
        for text in texts:
            inked = text.rstrip()
            ink = self._width(inked)
            width = ink if inked == text else self._width(text)
            cost = _WORD_INSIDE if _INSIDE_WORD.match(before + text[0]) else 0.0
            yield _Part(text, width, ink, cost)
            before = text[-1]


def _line_count(parts: list[_Part], limit: float) -> int:
    count, x = 1, 0.0
    for part in parts:
        if x and x + part.ink > limit + _ROUNDING:
            count, x = count + 1, 0.0
        x += part.width
    return count


def _best_lines(parts: list[_Part], limit: float) -> list[str]:
    # For each number of parts from the beginning: lines and cost, and where the last line begins.
    best, begins = [(0, 0.0)], [0]
    for end in range(1, len(parts) + 1):
        ways = (
            ((best[begin][0] + 1, best[begin][1] + cost), begin)
            for begin, cost in _last_lines(parts, end, limit)
        )
        found, begin = min(ways)
        best.append(found)
        begins.append(begin)
    lines: list[str] = []
    end = len(parts)
    while end:
        begin = begins[end]
        lines.append("".join(part.text for part in parts[begin:end]).rstrip())
        end = begin
    return lines[::-1] or [""]


def _last_lines(parts: list[_Part], end: int, limit: float) -> Iterator[tuple[int, float]]:
    """Where a line that ends before part ``end`` can begin, and what it costs."""
    width = parts[end - 1].ink
    for begin in range(end - 1, -1, -1):
        if begin < end - 1:
            width += parts[begin].width
            if width > limit + _ROUNDING:
                return
        empty = max(0.0, 1 - width / limit)
        yield begin, empty**2 + (parts[begin].cost if begin else 0.0)


def _with_direction(line: str, leftward: bool) -> str:
    if runs_leftward(line) == leftward or not line:
        return line
    return (_RIGHT_TO_LEFT if leftward else _LEFT_TO_RIGHT) + line
