"""The sections of the page about tags."""
