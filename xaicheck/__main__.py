"""`python -m xaicheck`: the command line."""

from xaicheck.cli.commands import main

if __name__ == "__main__":
    raise SystemExit(main())
