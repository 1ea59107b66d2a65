"""Tags over the time of a video: from when to when each holds."""
