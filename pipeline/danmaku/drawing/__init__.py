"""Comments over a video: Niconico's rules, glyphs, lanes and compositing."""
