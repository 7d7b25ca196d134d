"""A randomized network whose batch axis is depth: all depths of one seed in one pass."""
