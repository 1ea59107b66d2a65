"""Where the project lies: in a checkout, or installed from a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]

PROJECT = _PACKAGE.parent
"""The folder of ``pipeline`` and ``stages``: a checkout, or one of installed packages."""

INSTALLED = (_PACKAGE / "configs").is_dir()
"""Whether it is a wheel's, which has what lies beside ``pipeline`` inside of it."""

CONFIGS = (_PACKAGE if INSTALLED else PROJECT) / "configs"
"""The folder of the settings files and profiles that come with the project."""

DOCS = (_PACKAGE if INSTALLED else PROJECT) / "docs"
"""The folder of the documentation."""

DEFAULTS = CONFIGS / "default"
"""The settings files that list every setting with its default."""


JAPANESE_FONT = Path(__file__).with_name("fonts") / "ipaexg.ttf"
"""IPAexGothic, whose licence and read-me lie beside it."""


def shown(path: Path) -> str:
    """A path of the project's as messages name it: below the checkout, or in full."""
    return str(path if INSTALLED else path.relative_to(PROJECT))
