from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.show.script import CAST, ENDING, OPENING, PLACES, write_script
from pipeline.show.spec import FRAMES_PER_DRAWING, RATE, EpisodeSpec

specs = st.builds(
    EpisodeSpec,
    seed=st.integers(0, 1000),
    episode=st.integers(1, 30),
    seconds=st.floats(2, 200),
)


@given(specs)
@settings(max_examples=60, deadline=None)
def test_scenes_tile_the_episode(spec: EpisodeSpec) -> None:
    scenes = write_script(spec).scenes
    assert scenes[0].start_frame == 0
    assert scenes[-1].end_frame == spec.frame_count
    for first, second in pairwise(scenes):
        assert first.start_frame < first.end_frame == second.start_frame
        assert second.start_frame % FRAMES_PER_DRAWING == 0
    assert scenes[0].place == OPENING
    assert scenes[-1].place == ENDING
    assert {scene.place for scene in scenes[1:-1]} <= set(PLACES)


@given(specs)
@settings(max_examples=60, deadline=None)
def test_one_to_three_different_characters_are_on_each_scene(spec: EpisodeSpec) -> None:
    for scene in write_script(spec).scenes[1:-1]:
        names = [role.name for role in scene.roles]
        assert 1 <= len(names) == len(set(names)) <= 3
        assert any(role.start_frame == scene.start_frame for role in scene.roles)
        for role in scene.roles:
            assert scene.start_frame <= role.start_frame < role.end_frame == scene.end_frame


@given(specs.filter(lambda spec: spec.seconds >= 20))
@settings(max_examples=60, deadline=None)
def test_scenes_of_a_long_episode_last_four_to_nine_seconds(spec: EpisodeSpec) -> None:
    for scene in write_script(spec).scenes[1:-1]:
        assert 4 - 1 / 8 <= (scene.end_frame - scene.start_frame) / RATE <= 9


def shares(spec: EpisodeSpec) -> dict[str, float]:
    """How much of the episode each character is on screen."""
    roles = [role for scene in write_script(spec).scenes for role in scene.roles]
    return {
        name: sum(role.end_frame - role.start_frame for role in roles if role.name == name)
        / spec.frame_count
        for name in CAST
    }


def test_the_most_seen_of_one_episode_is_a_poor_guess_for_the_next() -> None:
    first, second = shares(EpisodeSpec(episode=1)), shares(EpisodeSpec(episode=2))
    lead = max(first, key=first.__getitem__)
    assert lead != max(second, key=second.__getitem__)
    assert second[lead] < 0.35
    for episode in (first, second):
        assert min(episode.values()) > 0.08
        assert 0.2 < sum(episode.values()) / len(CAST) < 0.4


def test_another_episode_has_combinations_that_the_first_has_not() -> None:
    first, second = (
        {
            (role.name, scene.place, role.action)
            for scene in write_script(EpisodeSpec(episode=episode)).scenes
            for role in scene.roles
        }
        for episode in (1, 2)
    )
    assert len(second - first) > len(second) / 2
