"""The stage itself on small files; its parts have tests of their own."""

from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from pipeline.captioning.captioner import Captioner
from pipeline.captioning.model_file import Model, ModelCard
from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.danmaku.explanation.explained_file import Explained
from pipeline.engine.stage import Files
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.json_lines import write_lines
from stages.danmaku import explain
from tests.attending import VOCABULARY, captioner, comment
from tests.danmaku.explanation.subjects import Learned, corpus_of, learned, many, written

COMMENTS = [comment(100, "チノ", "かわいい"), comment(500, "w"), comment(2900, "リゼ")]


@dataclass
class Project:
    """A video, two that were learned from, and a model."""

    folder: Path

    def save(self, network: Captioner, tap: str = "tap") -> None:
        card = ModelCard(network.spec, "toy", "none", tap)
        Model(network, card, VOCABULARY).save(self.model)

    def say(self, *comments: GeneratedComment) -> None:
        write_lines(self.folder / "new" / "generated.jsonl", comments)

    @property
    def model(self) -> Path:
        return self.folder / "demo" / "model.safetensors"

    def aligned(self, name: str) -> Aligned:
        return Aligned.load(self.folder / name / "aligned.h5")

    @property
    def output(self) -> Path:
        return self.folder / "new" / "explained.h5"

    def run(self, **settings: int) -> str:
        new = {"frames": "frames.h5", "features": "features.h5", "comments": "generated.jsonl"}
        corpus_of([Learned(self.folder / name, self.aligned(name)) for name in "ab"])
        inputs = {
            **{name: [self.folder / "new" / path] for name, path in new.items()},
            "model": [self.model],
            "corpus": [self.folder / "corpus.h5"],
        }
        assert inputs.keys() == explain.STAGE.inputs.keys()
        config = msgspec.convert(settings, explain.Config)
        return explain.run(Files(inputs), Files({"explained": [self.output]}), config)

    def explained(self, **settings: int) -> Explained:
        self.run(**settings)
        return Explained.load(self.output)

    def refused(self) -> PipelineError:
        """The error of a run that must fail and leave nothing."""
        with pytest.raises(PipelineError) as caught:
            self.run()
        assert not list(self.output.parent.glob("*explained*"))
        return caught.value


@pytest.fixture
def project(tmp_path: Path) -> Project:
    network = captioner()
    written(tmp_path / "new", network, *COMMENTS)
    learned(tmp_path / "a", network, *many(400, 1), (3, "w"), dev=range(9), seed=4)
    learned(tmp_path / "b", network, *many(60, 2), dev=range(50), seed=5)
    (tmp_path / "demo").mkdir()
    project = Project(tmp_path)
    project.save(network)
    return project


def test_each_comment_is_explained(project: Project, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        assert project.run() == "3 comments, 2 of them word for word a viewer's"
    found = Explained.load(project.output)
    assert f"median rank {np.median(found.rank):g} of {found.candidates[0]};" in caplog.text
    assert found.words == [one.words for one in COMMENTS]
    assert np.diff(found.first_map).tolist() == [3, 2, 2]
    assert found.side == 4
    assert set(found.learned_video) == {"a", "b"}
    assert not list(project.output.parent.glob(".*"))


def test_the_bound_of_ranks_is_told(project: Project, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        project.run(max_ranked=1)
    assert " (1 ranked); " in caplog.text
    assert (Explained.load(project.output).rank > 0).tolist() == [True, False, False]


def test_the_same_settings_give_the_same_bytes(project: Project) -> None:
    files = []
    for _ in range(2):
        project.run()
        files.append(project.output.read_bytes())
    assert files[0] == files[1]


def test_another_seed_draws_other_candidates(project: Project) -> None:
    ranks = [tuple(project.explained(seed=seed).rank.tolist()) for seed in range(4)]
    assert len(set(ranks)) > 1
    assert ranks[2] == tuple(project.explained(seed=2).rank.tolist())


def test_a_video_that_is_held_out_whole_is_not_what_was_learned(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.danmaku.alignment.held_out import hold_out_videos

    videos = {}
    for name in "ab":
        videos[name] = replace(project.aligned(name), held_out_videos_share=0.5, seed=1)
        videos[name].save(project.folder / name / "aligned.h5")
    kept = [name for name, v in zip("ab", hold_out_videos(videos), strict=True) if not v.dev.any()]
    assert len(kept) == 1
    found = project.explained()
    assert set(found.learned_video) == set(kept)
    assert found.copies.tolist() == [videos[kept[0]].words.count(one.words) for one in COMMENTS]


def test_no_comments_give_an_empty_file(project: Project) -> None:
    project.say()
    assert project.run() == "no comments to explain"
    assert Explained.load(project.output).words == []


def test_features_of_another_network_are_an_error(project: Project) -> None:
    project.save(captioner(), tap="another")
    assert project.refused().code == ExitCode.BAD_ARTIFACT


def test_a_frame_that_is_not_there_is_an_error(project: Project) -> None:
    project.say(comment(0, "w", frame=20))
    assert project.refused().code == ExitCode.BAD_ARTIFACT


def test_a_line_that_is_no_comment_is_an_error(project: Project) -> None:
    (project.folder / "new" / "generated.jsonl").write_text('{"time_ms": 1}\n')
    assert "line 1" in project.refused().problem
