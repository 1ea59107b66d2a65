"""The stages of translation: pictures with their domains, and the articles' numbers."""

from pathlib import Path

import msgspec
import pytest
from PIL import Image

from pipeline.engine.catalog import configured_stages, stage_configs
from pipeline.engine.settings import load_settings
from pipeline.engine.settings_file import Assignment
from pipeline.engine.stage import Files
from pipeline.labels.labels_file import write_labels_file
from pipeline.labels.record import Label
from pipeline.media.picture_folder import PictureFolder
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.paths import CONFIGS
from pipeline.sources.pointers import StillsSource
from pipeline.sources.settings import TopLevel
from pipeline.translation.pictures_file import DomainPictures
from stages.pictures import frames
from stages.translation import pictures, train, translate, video

COLORS = {"curry": (200, 120, 20), "rice": (240, 240, 230)}


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """The folder of a collection: its pictures, wider than high, are in ``food`` beside it."""
    for domain, color in COLORS.items():
        (tmp_path / "food" / domain).mkdir(parents=True)
        for number in range(10):
            image = Image.new("RGB", (60, 30), (0, 0, 9 * number))
            image.paste(color, (15, 0, 45, 30))
            image.save(tmp_path / "food" / domain / f"{number}.png")
    return tmp_path


def gathered(album: Path, labels: list[Label] | None = None, **settings: object) -> DomainPictures:
    """What the stage makes of the collection."""
    made = album / "made"
    made.mkdir(exist_ok=True)
    stills, squares = made / "source.stills.json", made / "frames.h5"
    folder = PictureFolder.open(album / "food")
    StillsSource(str(folder.path), folder.fingerprint, list(folder.files)).save(stills)
    given = Files({"source": [], "stills": [stills]})
    config = frames.Config(size=32, animated="each")
    frames.run(given, Files({"frames": [squares]}), config)
    if labels:
        write_labels_file(made / "labels.jsonl", labels)
    inputs = {
        "stills": [stills],
        "frames": [squares],
        "labels": [made / "labels.jsonl"] if labels else [],
        "kept": [],
    }
    target = made / "translation.h5"
    chosen = msgspec.convert({"size": 16} | settings, pictures.Config)
    pictures.run(Files(inputs), Files({"pictures": [target]}), chosen)
    return DomainPictures.load(target)


def test_pictures_are_cut_from_the_originals_without_changing_their_aspect(album: Path) -> None:
    found = gathered(album)
    assert found.domain_names == ["curry", "rice"]
    assert found.names[0] == "curry/0.png" and found.things[0] == "0"
    assert found.pictures.shape == (20, 16, 16, 3)
    assert (found.pictures[0, :, 2:-2] == COLORS["curry"]).all()
    assert found.domains.sum(0).tolist() == [10, 10]
    assert gathered(album, fit="pad").pictures[0, 0, 0].tolist() == [255, 255, 255]


def test_pictures_of_one_name_are_held_out_together(album: Path) -> None:
    found = gathered(album)
    out = {name for name, held in zip(found.names, found.held_out, strict=True) if held}
    assert len(out) == 2
    assert len({name.split("/")[1] for name in out}) == 1


def test_folders_for_testing_say_what_is_held_out(album: Path) -> None:
    (album / "food" / "curry" / "test").mkdir()
    (album / "food" / "curry" / "0.png").rename(album / "food" / "curry" / "test" / "0.png")
    found = gathered(album)
    held_out = [name for name, out in zip(found.names, found.held_out, strict=True) if out]
    assert held_out == ["curry/test/0.png"]


def test_labels_say_the_domains_of_pictures_of_an_animated_file_too(album: Path) -> None:
    shades = [Image.new("RGB", (20, 20), (shade, 0, 0)) for shade in (255, 0)]
    shades[0].save(album / "food" / "a.gif", save_all=True, append_images=shades[1:])
    labels = [
        Label(picture=name, kind="domain", value=value)
        for name, value in (("a.gif#1", "dark"), ("a.gif#0", "bright"), ("rice/1.png", "bright"))
    ]
    found = gathered(album, labels)
    assert found.names == ["a.gif#0", "a.gif#1", "rice/1.png"]
    assert found.pictures[:2, 0, 0, 0].tolist() == [255, 0]
    assert found.domains.tolist() == [[True, False], [False, True], [True, False]]


@pytest.mark.parametrize(("size", "halvings"), [(36, 3), (10, 1), (16, 5)])
def test_a_size_that_cannot_be_halved_so_often_is_refused(size: int, halvings: int) -> None:
    config = msgspec.convert({"networks": {"halvings": halvings}}, train.Config)
    with pytest.raises(PipelineError, match="no multiple of") as caught:
        train.check(config, {"translation-pictures": {"size": size}})
    assert caught.value.code == ExitCode.INVALID_SETTING


def test_the_articles_numbers_are_a_preset() -> None:
    settings = load_settings(CONFIGS / "food.yaml", stage_configs(), TopLevel())
    found = msgspec.to_builtins(settings.stages["translation-train"])
    assert msgspec.to_builtins(settings.stages["translation-pictures"])["size"] == 256
    assert found["networks"] == {
        "generator": "johnson",
        "channels": 64,
        "blocks": 6,
        "halvings": 6,
    }
    schedule = found["schedule"]
    assert (schedule["batch"], schedule["epochs"], schedule["learning_rate"]) == (32, 20, 1e-4)
    assert schedule["discriminator_steps"] == 5
    weights = [found["losses"][name] for name in ("classification", "cycle", "gradient_penalty")]
    assert weights == [1, 10, 10]


@pytest.mark.parametrize("picture", ["original", "translated"])
def test_comments_are_drawn_over_a_translation_only_if_asked(picture: str) -> None:
    given = [Assignment.parse(f"render.picture={picture}")]
    settings = load_settings(CONFIGS / "demo.yaml", stage_configs(), TopLevel(), given)
    stages = configured_stages(settings)
    translates = stages["translation-video"].outputs["video"] in stages["render"].inputs.values()
    assert translates == (picture == "translated")


def test_a_mask_reads_the_boxes_that_it_is_made_of() -> None:
    for mask, needed in (("none", set()), ("boxes", {"boxes"}), ("faces", {"faces"})):
        left_out = set(translate.without({"mask": mask}))
        assert {"boxes", "faces"} - left_out == needed
        assert {"faces"} - set(video.without({"mask": mask})) == needed - {"boxes"}
