from pipeline.runtime import numerics

numerics.configure()  # as stages do, before any test loads torch
