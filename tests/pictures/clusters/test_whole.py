"""`make clusters` as users call it, and ordinary slips."""

import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.engine.catalog import configured_stages, stage_configs
from pipeline.engine.settings import load_settings
from pipeline.engine.settings_file import Assignment
from pipeline.engine.stage import Files, Stage
from pipeline.labels.keeping import dropped_pictures
from pipeline.pictures.clusters.clusters_file import Clusters, Member
from pipeline.pictures.frames_file import read_names
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.json_lines import read_lines
from pipeline.runtime.paths import DEFAULTS
from pipeline.sources.settings import TopLevel
from pipeline.translation.pictures_file import DomainPictures
from stages.pictures.clusters import Config, check, run
from stages.translation import pictures
from tests.pictures.clusters.conftest import COUNT, ODD, Album

ALL = COUNT + ODD + 1


def made_again(album: Album, folder: Path, config: Config) -> str:
    """Run the stage on what was made of an album, into another folder."""
    item = album.item
    inputs = {name: [item / f"{name}.h5"] for name in ("frames", "features")}
    inputs |= {"stills": [item / "source.stills.json"], "labels": []}
    outputs = {
        "keep": folder / "keep.jsonl",
        "figures": folder / "clusters" / "clusters.json",
        "members": folder / "clusters" / "clusters.jsonl",
        "page": folder / "clusters" / "index.html",
    }
    return run(Files(inputs), Files({name: [path] for name, path in outputs.items()}), config)


def members_in(folder: Path) -> dict[str, Member]:
    lines = read_lines(folder / "clusters" / "clusters.jsonl", Member)
    return {member.picture: member for member in lines}


def test_things_of_one_colour_are_a_cluster(clustered: Album) -> None:
    made = Clusters.load(clustered.item / "clusters" / "clusters.json")
    members = members_in(clustered.item)
    assert made.pictures == len(members) == ALL
    assert [cluster.number for cluster in made.clusters] == [1, 2, 3]
    assert sum(cluster.size for cluster in made.clusters) == ALL
    of_color: dict[int, Counter[int]] = {0: Counter(), 1: Counter(), 2: Counter()}
    for number in range(COUNT):
        name = f"{'cold' if number % 3 == 2 else 'warm'}/{number:03}.png"
        of_color[number % 3][members[name].cluster] += 1
    assert min(max(counts.values()) for counts in of_color.values()) > 0.7 * COUNT / 3
    assert np.mean(made.stability) > 0.8
    assert made.agreement is not None and made.agreement.nmi > 0.3


def test_nearest_and_farthest_are_by_rank_and_never_both(clustered: Album) -> None:
    made = Clusters.load(clustered.item / "clusters" / "clusters.json")
    members = members_in(clustered.item)
    for cluster in made.clusters:
        assert not {*cluster.nearest} & {*cluster.farthest}
        ranks = [members[name].rank for name in cluster.nearest]
        assert ranks == list(range(1, len(ranks) + 1))
        assert members[cluster.farthest[0]].rank == cluster.size
        distances = [members[name].distance for name in cluster.nearest]
        assert distances == sorted(distances)


def test_equal_pictures_and_such_as_look_like_another_domain_are_listed(clustered: Album) -> None:
    members = members_in(clustered.item)
    assert members["warm/000b.png"].like == "warm/000.png"
    assert sum(bool(member.like) for member in members.values()) >= 1
    odd = [members[f"warm/{number:03}.png"] for number in range(COUNT, COUNT + ODD)]
    assert np.mean([member.likeliest == "cold" for member in odd]) > 0.5


def test_sheets_show_every_cluster(clustered: Album) -> None:
    folder = clustered.item / "clusters"
    with Image.open(folder / "clusters.png") as overview:
        assert overview.size[1] > 3 * 96
    for number in (1, 2, 3):
        with Image.open(folder / f"{number:02}.png") as sheet:
            assert np.asarray(sheet).std() > 10


def test_the_same_seed_gives_the_same_files(clustered: Album, tmp_path: Path) -> None:
    made_again(clustered, tmp_path, Config(k=3))
    for name in ("keep.jsonl", "clusters/clusters.json", "clusters/clusters.jsonl"):
        assert (tmp_path / name).read_bytes() == (clustered.item / name).read_bytes()


@pytest.mark.parametrize("config", [Config(k=3, drop=(2,)), Config(k=3, keep=(1, 3))])
def test_a_list_keeps_and_drops_whole_clusters(
    clustered: Album, tmp_path: Path, config: Config
) -> None:
    made_again(clustered, tmp_path, config)
    dropped = dropped_pictures(tmp_path / "keep.jsonl")
    assert dropped == {n for n, one in members_in(tmp_path).items() if one.cluster == 2}
    made = Clusters.load(tmp_path / "clusters" / "clusters.json")
    assert [cluster.kept for cluster in made.clusters] == [True, False, True]
    assert made.dropped == len(dropped) > 0


def test_pictures_in_which_a_head_has_no_confidence_are_dropped(
    clustered: Album, tmp_path: Path
) -> None:
    made_again(clustered, tmp_path, Config(k=3, confidence=0.5))
    less = {n for n, one in members_in(tmp_path).items() if one.own is not None and one.own < 0.5}
    assert dropped_pictures(tmp_path / "keep.jsonl") == less != set()


def test_regions_are_found_by_density_and_the_rest_is_0(clustered: Album, tmp_path: Path) -> None:
    made_again(clustered, tmp_path, Config(method="hdbscan"))
    made = Clusters.load(tmp_path / "clusters" / "clusters.json")
    assert made.method == "hdbscan" and made.clusters[-1].number >= 1
    assert made.silhouettes == {}


def test_translation_learns_from_what_is_kept(clustered: Album, tmp_path: Path) -> None:
    item = clustered.item
    keep = tmp_path / "keep.jsonl"
    shutil.copy(item / "keep.jsonl", keep)
    text = keep.read_text("utf-8").splitlines()
    text[3] = text[3].replace('"value":"keep"', '"value":"drop"')  # a person edits it
    keep.write_text("\n".join(text) + "\n", "utf-8")
    inputs = {
        "stills": [item / "source.stills.json"],
        "frames": [item / "frames.h5"],
        "kept": [keep],
        "labels": [],
    }
    target = tmp_path / "translation.h5"
    said = pictures.run(
        Files(inputs), Files({"pictures": [target]}), pictures.Config(size=8, learn_from="kept")
    )
    names = read_names(item / "frames.h5")
    assert DomainPictures.load(target).names == names[:3] + names[4:]
    assert "1 dropped by labels or clusters" in said


@pytest.mark.parametrize("name", ["translation-pictures", "captions-texts", "illustrations-train"])
def test_trainings_need_clusters_only_if_they_learn_from_what_these_keep(name: str) -> None:
    assert "kept" not in stage_with(name).inputs
    assert stage_with(name, "learn_from=kept").inputs["kept"].endswith("}/keep.jsonl")


def stage_with(name: str, *assignments: str) -> Stage:
    """A stage by the default settings and some more."""
    given = map(Assignment.parse, assignments)
    settings = load_settings(DEFAULTS, stage_configs(), TopLevel(), given)
    return configured_stages(settings)[name]


def test_a_cluster_that_is_not_there_is_told(clustered: Album, tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="names 9; there are clusters 1 to 3") as caught:
        made_again(clustered, tmp_path, Config(k=3, drop=(9,)))
    assert caught.value.code == ExitCode.INVALID_SETTING
    assert list(tmp_path.iterdir()) == []


def test_a_cluster_to_keep_and_to_drop_is_refused_before_any_work() -> None:
    with pytest.raises(PipelineError, match="keeps and drops 2"):
        check(Config(keep=(1, 2), drop=(2,)), {})


def test_an_unknown_layer_is_told_with_those_that_there_are(
    clustered: Album, tmp_path: Path
) -> None:
    with pytest.raises(PipelineError, match="grid, vector") as caught:
        made_again(clustered, tmp_path, Config(tap="fc6"))
    assert caught.value.code == ExitCode.INVALID_SETTING
