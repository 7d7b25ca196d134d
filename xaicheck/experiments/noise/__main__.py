"""`python -m xaicheck.experiments.noise`: computes the numbers about noise again and writes them."""

from __future__ import annotations

from xaicheck.experiments.noise import store
from xaicheck.experiments.noise.precompute import compute


def main() -> None:
    """Nothing; ends with an error where the file became too large to be shipped."""
    data = compute(say=lambda line: print(line, flush=True))
    size = store.save(data)
    print(f"{store.FILE}: {size / 1e3:.0f} kB in {data.seconds:.0f} s")
    if size > store.MAX_BYTES:
        raise SystemExit(f"The file is larger than {store.MAX_BYTES / 1e3:.0f} kB.")


if __name__ == "__main__":
    main()
