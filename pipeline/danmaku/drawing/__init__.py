"""Comments over a video: Niconico's rules, lanes and compositing."""
