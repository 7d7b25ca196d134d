"""`python -m xaicheck.experiments.ranking`: computes the gallery's ranking gap again."""

from xaicheck.experiments.ranking.precompute import main

if __name__ == "__main__":
    main()
