"""Comments on a timeline, the system that is the main job."""
