"""Small fonts made on the spot, put in the place of those of the system."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from fontTools.colorLib.builder import buildCOLR, buildCPAL
from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from pipeline.lettering import color_fonts, fonts, runs

EM = 1000
WriteFont = Callable[..., Path]


def write_font(
    path: Path,
    characters: Mapping[str, str],
    widths: Mapping[str, int],
    *,
    colors: Mapping[str, object] | None = None,
    features: str = "",
) -> Path:
    """A font whose glyphs are boxes of nine tenths of their width, 0.7 em high.

    ``characters`` are glyph names by character, ``widths`` advances by glyph name,
    ``colors`` what COLR says of a glyph; the palette is red, then green.
    """
    glyphs = {}
    for name, width in {".notdef": EM, **widths}.items():
        pen = TTGlyphPen(None)
        corners = [(0.05, 0), (0.05, 0.7), (0.95, 0.7), (0.95, 0)]
        pen.moveTo((corners[0][0] * width, 0))
        for x, y in corners[1:]:
            pen.lineTo((x * width, y * EM))
        pen.closePath()
        glyphs[name] = pen.glyph()
    builder = FontBuilder(EM)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap({ord(character): name for character, name in characters.items()})
    builder.setupGlyf(glyphs)
    advances = {".notdef": EM, **widths}
    builder.setupHorizontalMetrics(
        {name: (advances[name], advances[name] // 20) for name in glyphs}
    )
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": path.stem, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    if colors is not None:
        builder.font["COLR"] = buildCOLR(colors)
        builder.font["CPAL"] = buildCPAL([[(1, 0, 0, 1), (0, 1, 0, 1)]])
    if features:
        addOpenTypeFeaturesFromString(builder.font, features)
    path.parent.mkdir(parents=True, exist_ok=True)
    builder.save(path)
    return path


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The one folder of system fonts; empty until a test writes fonts there."""
    folder = tmp_path / "fonts"
    monkeypatch.setattr(fonts, "SYSTEM_FOLDERS", (str(folder),))
    _forget()
    yield folder
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    """Clear every cache of the modules that ask which fonts there are."""
    for module in (fonts, color_fonts, runs):
        for value in list(vars(module).values()):
            if hasattr(value, "cache_clear"):
                value.cache_clear()


@pytest.fixture
def emoji_font(installed: Path) -> Path:
    """😀 and 👍 red, 👩‍🚀 green and one picture, 👍🏽 green too; half again as wide as high."""
    names = {"😀": "face", "👍": "thumb", "🏽": "tone", "👩": "woman", "🚀": "rocket"}
    names |= {"\u200d": "joiner", "❤": "heart"}
    widths = dict.fromkeys(names.values(), 1200) | {"joiner": 0, "astronaut": 1300, "toned": 1200}
    reds = dict.fromkeys(("face", "thumb", "tone", "woman", "rocket", "heart"), 0)
    layers = {name: [("face", color)] for name, color in (reds | {"toned": 1}).items()}
    return write_font(
        installed / "TinyEmoji.ttf",
        names,
        widths,
        colors=layers | {"astronaut": [("astronaut", 1)]},
        features="""feature ccmp {
            sub woman joiner rocket by astronaut;
            sub thumb tone by toned;
        } ccmp;""",
    )
