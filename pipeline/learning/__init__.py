"""Training of networks, whatever they learn."""
