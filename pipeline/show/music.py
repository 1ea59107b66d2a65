"""Cheerful chiptunes: a melody for every scene, jingles for the opening and the ending."""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.runtime.arrays import Float32s
from pipeline.show.chance import Purpose, generator
from pipeline.show.script import Scene, Script
from pipeline.show.spec import RATE, EpisodeSpec

SAMPLE_RATE = 44100
_CHANNELS = 2
_FADE = 0.02
"""Seconds of fade-in and fade-out at every cut."""
_LOUDNESS = 0.16
"""Amplitude of the melody, 1 for full scale; bass and beat are softer."""
_STEPS_PER_BAR = 8
_CHORDS = ((0, 4, 5, 3), (0, 5, 3, 4), (0, 3, 0, 4), (5, 3, 0, 4))
"""Degrees of the scale, one for each bar."""
_MAJOR, _MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)

Wave = Float32s


@dataclass(frozen=True)
class _Style:
    tempo: int
    """Beats per minute; a beat has two steps."""
    root: int
    """MIDI number of the scale's first note."""
    scale: tuple[int, ...]
    duty: float
    """Duty cycle of the square wave."""
    busy: float
    """Probability that a step has a note of the melody."""


_STYLES = {
    "opening": _Style(160, 72, _MAJOR, 0.5, 0.95),
    "street": _Style(132, 67, _MAJOR, 0.5, 0.75),
    "night street": _Style(92, 69, _MINOR, 0.25, 0.5),
    "beach": _Style(116, 65, _MAJOR, 0.25, 0.7),
    "room": _Style(104, 70, _MAJOR, 0.125, 0.6),
    "school": _Style(144, 62, _MAJOR, 0.5, 0.8),
    "ending": _Style(96, 67, _MAJOR, 0.25, 0.8),
}


def write_music(path: Path, spec: EpisodeSpec, script: Script) -> None:
    """Write the episode's sound as a WAV file: 44.1 kHz, stereo, 16 bits, its exact length."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(_CHANNELS)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        for scene in script.scenes:
            rng = generator(spec, Purpose.MUSIC, scene.number)
            samples = np.clip(_tune(scene, rng) * 32767, -32768, 32767)
            file.writeframes(samples.astype("<i2").tobytes())


def _tune(scene: Scene, rng: np.random.Generator) -> Wave:
    """(samples, channels) the music of one scene, -1–1."""
    style = _STYLES[scene.place]
    length = _sample_at(scene.end_frame) - _sample_at(scene.start_frame)
    step = round(SAMPLE_RATE * 30 / style.tempo)
    tune = np.zeros((length, _CHANNELS), np.float32)
    chords = _CHORDS[rng.integers(len(_CHORDS))]
    motif = rng.integers(-1, 3, _STEPS_PER_BAR)
    sounding = rng.random(_STEPS_PER_BAR) < style.busy
    sounding[0] = True

    degree = 0
    for number, start in enumerate(range(0, length, step)):
        bar, beat = divmod(number, _STEPS_PER_BAR)
        chord = chords[bar % len(chords)]
        if sounding[beat]:
            degree = chord + (0, 2, 4, 2)[beat // 2] + int(motif[beat] * (bar % 2))
            _add(tune, start, _square(_pitch(style, degree), step, style.duty), (1.0, 0.8))
            echo = 0.25 * _square(_pitch(style, degree), step, style.duty)
            _add(tune, start + step * 3 // 2, echo, (0.5, 1.0))
        if beat % 2 == 0:
            fifth = 4 if beat % 4 else 0
            _add(tune, start, _triangle(_pitch(style, chord + fifth) / 4, 2 * step), (0.8, 0.8))
        if beat % 4 == 2:
            _add(tune, start, _hat(step, rng), (0.6, 1.0))
    return tune * _envelope(length)[:, None] * _LOUDNESS


def _sample_at(frame: int) -> int:
    return round(frame / RATE * SAMPLE_RATE)


def _pitch(style: _Style, degree: int) -> float:
    """Hertz of a degree of the scale."""
    octave, note = divmod(degree, len(style.scale))
    return float(440 * 2 ** ((style.root + 12 * octave + style.scale[note] - 69) / 12))


def _square(hertz: float, length: int, duty: float) -> Wave:
    time = np.arange(length, dtype=np.float32) / SAMPLE_RATE
    fading = np.exp(-4 * time) * np.minimum(1, (length / SAMPLE_RATE - time) * 100)
    wave_form = np.where(time * np.float32(hertz) % 1 < duty, 1.0, -1.0) - (2 * duty - 1)
    return np.asarray(wave_form * fading, np.float32)


def _triangle(hertz: float, length: int) -> Wave:
    time = np.arange(length, dtype=np.float32) / SAMPLE_RATE
    rise = np.abs(time * np.float32(hertz) % 1 - 0.5) * 4 - 1
    return np.asarray(rise * np.exp(-3 * time) * 1.1, np.float32)


def _hat(length: int, rng: np.random.Generator) -> Wave:
    time = np.arange(length, dtype=np.float32) / SAMPLE_RATE
    return np.asarray(rng.uniform(-0.4, 0.4, length) * np.exp(-50 * time), np.float32)


def _add(tune: Wave, start: int, sound: Wave, balance: tuple[float, float]) -> None:
    """Mix ``sound`` in from sample ``start``, with volumes ``balance`` on the left and right."""
    room = max(len(tune) - start, 0)
    tune[start : start + len(sound)] += sound[:room, None] * np.array(balance, np.float32)


def _envelope(length: int) -> Wave:
    edge = min(round(_FADE * SAMPLE_RATE), length // 2)
    level = np.ones(length, np.float32)
    level[:edge] = np.linspace(0, 1, edge)
    level[length - edge :] = np.linspace(1, 0, edge)
    return level
