"""What the stages cost beside peers and ceilings; one command each, `make bench` runs all."""

from pipeline.runtime import numerics

numerics.configure()  # as stages do
