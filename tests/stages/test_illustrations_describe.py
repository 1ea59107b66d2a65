"""Tags beside what a network sees, as captioners of comments read them."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from pipeline.engine.catalog import configured_stages, shared_inputs, stage_configs
from pipeline.engine.settings import load_settings
from pipeline.engine.settings_file import Assignment
from pipeline.engine.stage import Files
from pipeline.illustrations.tag_probabilities import write_tag_probabilities
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.features_file import FeatureStore
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.paths import DEFAULTS
from pipeline.sources.settings import TopLevel
from pipeline.sources.system import MODEL
from stages.illustrations import describe
from tests.illustrations.toys import CHANNELS, POSITIONS, write_collection

NAMES, GROUPS = ("cat", "Miki", "Rin"), ("general", "character", "character")


@pytest.fixture
def album(tmp_path: Path) -> Path:
    folder = write_collection(tmp_path / "album", 4)
    probabilities = np.random.default_rng(0).random((12, 3)).astype(np.float16)
    write_tag_probabilities(
        folder / "tags.h5",
        [probabilities],
        12,
        names=NAMES,
        groups=GROUPS,
        thresholds=np.full(3, 0.5, np.float32),
        tagger="toy",
        fingerprint="4 things",
    )
    return folder


def run(folder: Path, **config: tuple[str, ...]) -> str:
    inputs = {name: [folder / f"{name}.h5"] for name in ("features", "tags")}
    outputs = Files({"described": [folder / "described.h5"]})
    return describe.run(Files(inputs), outputs, describe.Config(**config))


def test_each_position_knows_the_characters_of_its_picture(album: Path) -> None:
    assert run(album) == "2 tags beside features: Miki, Rin"
    files = {name: h5py.File(album / f"{name}.h5") for name in ("features", "tags", "described")}
    tags = files["tags"]["probabilities"][:, 1:]
    for tap in ("grid", "vector"):
        seen, described = (files[name][tap][:] for name in ("features", "described"))
        assert (described[..., :CHANNELS] == seen).all()
        beside = tags[:, None] if tap == "grid" else tags
        assert (described[..., CHANNELS:] == beside).all()
    bank = FeatureBank([album / "described.h5"], "grid")
    assert bank.row_shape == (POSITIONS, CHANNELS + 2)


def test_a_model_tells_them_from_features_without_tags_and_with_others(album: Path) -> None:
    kinds = []
    for groups in (("character",), ("general", "character")):
        run(album, groups=groups)
        with FeatureStore(album / "described.h5") as store:
            kinds.append((store.backbone, store.weights))
    with FeatureStore(album / "features.h5") as store:
        kinds.append((store.backbone, store.weights))
    assert len(set(kinds)) == 3


def test_a_group_that_the_tagger_does_not_have_is_told(album: Path) -> None:
    with pytest.raises(PipelineError, match="no tags of copyright") as told:
        run(album, groups=("copyright",))
    assert told.value.code == ExitCode.INVALID_SETTING
    assert "character, general" in told.value.remedy


@pytest.mark.parametrize("sees", ["features", "described"])
@pytest.mark.parametrize("verb", ["train", "generate", "evaluate"])
def test_a_tagger_is_needed_only_where_tags_are_seen(sees: str, verb: str) -> None:
    assignment = Assignment.parse(f"sees={sees}")
    settings = load_settings(DEFAULTS, stage_configs(), TopLevel(), [assignment])
    stage = configured_stages(settings)[verb]
    tagger = "models/illustrations/{model}/tagger.safetensors"
    assert (tagger in shared_inputs([stage], MODEL)) == (sees == "described")
