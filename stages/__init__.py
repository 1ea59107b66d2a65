"""The stages: a folder for each system, a file for each of its stages."""

SHORT = ("pictures", "danmaku")
"""Systems whose stages go by their own names: ``make render``, not ``make danmaku-render``."""
