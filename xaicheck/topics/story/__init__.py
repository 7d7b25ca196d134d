"""The story: five cards in plain words, made from the numbers of one report."""
