"""Whether an extra of the package is installed."""

from importlib import metadata

import pytest

from pipeline.runtime import extras
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.extras import missing_of, require_extra

DECLARED = [
    "numpy>=2",
    "tzdata; sys_platform == 'linux'",
    "torch>=2.6; extra == 'learn'",
    "scipy>=1.14; extra == 'learn'",
    "winonly; sys_platform == 'win32' and extra == 'learn'",
    "yt-dlp; extra == 'fetch'",
]
HERE = {"scipy": "1.20"}


def version(name: str) -> str:
    if name not in HERE:
        raise metadata.PackageNotFoundError(name)
    return HERE[name]


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "requires", lambda package: DECLARED)
    monkeypatch.setattr(metadata, "version", version)


def test_only_packages_of_the_extra_are_missing() -> None:
    assert missing_of("learn") == ["torch"]
    assert missing_of("fetch") == ["yt-dlp"]


def test_an_old_version_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HERE, "scipy", "1.0")
    assert missing_of("learn") == ["torch", "scipy"]


def test_nothing_is_missing_of_no_extra() -> None:
    require_extra("", ["clean"])


def test_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "INSTALLED", True)
    with pytest.raises(PipelineError) as caught:
        require_extra("learn", ["train", "generate"])
    assert caught.value.code == ExitCode.NOT_INSTALLED
    assert caught.value.problem == "train, generate cannot run without torch"
    assert "'yajiuma[learn]'`" in caught.value.remedy
