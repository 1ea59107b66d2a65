"""What pages show of illustrations."""
