"use strict";
// Texts of comments as pictures, painted as the renderer of videos paints them.

const GOTHIC = '"IPAexGothic", "MS PGothic", "Hiragino Kaku Gothic ProN", "Noto Sans CJK JP",'
  + ' "Noto Sans JP", sans-serif';
const FACES = {
  defont: GOTHIC,
  gothic: GOTHIC,
  mincho: '"IPAexMincho", "MS PMincho", "Hiragino Mincho ProN", "Noto Serif CJK JP", serif',
};
const EMBOLDENING = 0.014; // of an em, as in pipeline/lettering/rasters.py
const OUTLINE_OPACITY = 0.4; // Niconico's HTML5 player
const MAX_SPRITE_SIDE = 8000; // device pixels; larger texts are painted anew each time

/** Paints a text with the top left corner of its box at (x, y), in device pixels. */
function paintText(context, drawn, colour, scale, x, y) {
  const size = drawn.font_size;
  context.font = `${size}px ${FACES[drawn.font] ?? GOTHIC}`;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.lineJoin = "round";
  const lines = drawn.text.split("\n");
  const measured = Math.max(...lines.map((line) => context.measureText(line).width));
  // Lanes were assigned for the font of the renderer: whatever font this machine has, the text
  // is squeezed to that width.
  const squeeze = measured > 0 && drawn.width > 0 ? drawn.width / measured : 1;
  context.setTransform(scale * squeeze, 0, 0, scale, x, y);
  const boldness = 2 * EMBOLDENING * size;
  const outlineWidth = drawn.outline && 2 * Math.max(drawn.outline, 1 / scale) + boldness;
  const outlineRgb = colour === "#000000" ? "255, 255, 255" : "0, 0, 0";
  lines.forEach((line, n) => {
    const baseline = drawn.baseline + n * drawn.line_pitch;
    context.strokeStyle = `rgba(${outlineRgb}, ${OUTLINE_OPACITY})`;
    context.lineWidth = outlineWidth;
    if (outlineWidth) context.strokeText(line, 0, baseline);
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = boldness;
    context.strokeText(line, 0, baseline);
    context.fillText(line, 0, baseline);
  });
  context.setTransform(1, 0, 0, 1, 0, 0);
}

/** The picture of a text and its margin, or null for a text that is too large to keep. */
function spriteOf(drawn, colour, scale) {
  const margin = Math.ceil((drawn.outline + 0.25 * drawn.font_size) * scale) + 2;
  const width = Math.ceil(drawn.width * scale) + 2 * margin;
  const height = Math.ceil(drawn.height * scale) + 2 * margin;
  if (!(width <= MAX_SPRITE_SIDE && height <= MAX_SPRITE_SIDE)) return null;
  const image = document.createElement("canvas");
  image.width = width;
  image.height = height;
  paintText(image.getContext("2d"), drawn, colour, scale, margin, margin);
  return { image, margin, used: 0 };
}
