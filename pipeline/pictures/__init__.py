"""Pictures of a source and their features, which all systems share."""
