"""The only place that starts ffmpeg: what a video is, its pictures, and its encoding."""
