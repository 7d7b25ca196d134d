"""The ranking gap: methods ordered by a randomization check against the same methods by faithfulness."""
