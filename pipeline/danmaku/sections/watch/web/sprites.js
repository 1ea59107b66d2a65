"use strict";
// Comments' texts as pictures, in the way that the renderer of videos paints them.

const GOTHIC = '"IPAexGothic", "MS PGothic", "Hiragino Kaku Gothic ProN", "Noto Sans CJK JP",'
  + ' "Noto Sans JP", sans-serif';
const FACES = {
  defont: GOTHIC,
  gothic: GOTHIC,
  mincho: '"IPAexMincho", "MS PMincho", "Hiragino Mincho ProN", "Noto Serif CJK JP", serif',
};
const EMBOLDENING = 0.014; // of an em, as pipeline.danmaku.drawing.rasters has it
const OUTLINE_OPACITY = 0.4; // Niconico's HTML5 player
const LARGEST = 8000; // device pixels; what is larger is not kept as a picture

/** Paints a text with the top left corner of its box at (x, y), in device pixels. */
function paintText(context, shown, colour, scale, x, y) {
  const size = shown.font_size;
  context.font = `${size}px ${FACES[shown.font] ?? GOTHIC}`;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.lineJoin = "round";
  const lines = shown.text.split("\n");
  const measured = Math.max(...lines.map((line) => context.measureText(line).width));
  // Whatever font there is, a text is as wide as the one that lanes were given out for.
  const squeeze = measured > 0 && shown.width > 0 ? shown.width / measured : 1;
  context.setTransform(scale * squeeze, 0, 0, scale, x, y);
  const bold = 2 * EMBOLDENING * size;
  const around = shown.outline && 2 * Math.max(shown.outline, 1 / scale) + bold;
  const outline = colour === "#000000" ? "255, 255, 255" : "0, 0, 0";
  lines.forEach((line, n) => {
    const baseline = shown.baseline + n * shown.line_pitch;
    context.strokeStyle = `rgba(${outline}, ${OUTLINE_OPACITY})`;
    context.lineWidth = around;
    if (around) context.strokeText(line, 0, baseline);
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = bold;
    context.strokeText(line, 0, baseline);
    context.fillText(line, 0, baseline);
  });
  context.setTransform(1, 0, 0, 1, 0, 0);
}

/** A text's picture and its margin, or null for one too large to be kept. */
function spriteOf(shown, colour, scale) {
  const margin = Math.ceil((shown.outline + 0.25 * shown.font_size) * scale) + 2;
  const width = Math.ceil(shown.width * scale) + 2 * margin;
  const height = Math.ceil(shown.height * scale) + 2 * margin;
  if (!(width <= LARGEST && height <= LARGEST)) return null;
  const image = document.createElement("canvas");
  image.width = width;
  image.height = height;
  paintText(image.getContext("2d"), shown, colour, scale, margin, margin);
  return { image, margin, used: 0 };
}
