"""`python -m xaicheck.gap`: computes the gallery's ranking gap again."""

from xaicheck.gap.precompute import main

if __name__ == "__main__":
    main()
