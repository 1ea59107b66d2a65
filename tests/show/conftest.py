import os
from collections.abc import Iterator
from pathlib import Path

import natto
import pytest

from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec

SMALL = EpisodeSpec(seconds=5.5, width=96, height=54, comment_rate=40)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small episode in it; tests leave it as it is."""
    path = tmp_path_factory.mktemp("show")
    make_episode(path, SMALL)
    return path


@pytest.fixture
def mecab(monkeypatch: pytest.MonkeyPatch) -> Iterator[natto.MeCab]:
    """MeCab with the IPA dictionary."""
    import ipadic
    import MeCab

    libraries = Path(MeCab.__file__).parent.parent / "mecab_python3.libs"
    library = next(libraries.glob("libmecab*.so*"), None)
    if library is None:
        pytest.skip("mecab-python3 carries no libmecab on this platform")
    monkeypatch.setitem(os.environ, "MECAB_PATH", str(library))
    monkeypatch.setitem(os.environ, "MECAB_CHARSET", "utf8")
    with natto.MeCab(f"-d {ipadic.DICDIR} -r /dev/null") as tagger:
        yield tagger
