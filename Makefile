# Two commands: `make run` starts the dashboard, `make test` checks everything.
# Needs make and Python 3.11 or newer; everything else goes into $(VENV).

.DEFAULT_GOAL := help
PORT ?= 8501
PYTHON ?= python3
VENV ?= .venv
BENCH ?= .venv-bench

PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check
BENCH_PY := $(BENCH)/bin/python
# A process a core, each with one thread of arithmetic; a file of tests stays in one process.
PYTEST := OMP_NUM_THREADS=1 $(PY) -m pytest -n auto --dist loadfile
NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))'

# A stamp's name carries the checksum of what was installed: changed requirements make a new
# name, unchanged ones are never installed twice, whatever the files' dates say.
RUN_STAMP := $(VENV)/.set-up-run-$(shell cat requirements.txt | cksum | cut -d' ' -f1)
TEST_STAMP := $(VENV)/.set-up-test-$(shell cat requirements.txt requirements-dev.txt | cksum | cut -d' ' -f1)

BENCH_STAMP := $(BENCH)/.set-up-$(shell cat requirements.txt requirements-bench.txt | cksum | cut -d' ' -f1)

.PHONY: help run test quick lint format types unit bench pictures clean

help:
	@echo "make run     set up $(VENV) once and start the dashboard on http://127.0.0.1:$(PORT)"
	@echo "make test    set up $(VENV) with the test tools, then ruff, mypy and every test"
	@echo "make quick   while working: ruff, mypy and the fast tests of tests/unit, in a minute or so"
	@echo "make lint    ruff: lint and format, nothing is changed"
	@echo "make format  ruff: rewrite the files in the house format"
	@echo "make types   mypy on xaicheck/ and benchmarks/"
	@echo "make bench   time xaicheck and its peers side by side; ARGS=--help lists what can be chosen"
	@echo "make pictures  take the README's screenshots again, from the results that come with the program"
	@echo "make clean   remove caches and build output; $(VENV) stays"
	@echo "Variables: PORT=$(PORT) PYTHON=$(PYTHON) VENV=$(VENV)"

run: $(RUN_STAMP)
	@echo "xaicheck: the dashboard is at http://127.0.0.1:$(PORT) (Ctrl-C stops it)"
	@exec $(PY) -m streamlit run app.py --server.port $(PORT) --server.address 127.0.0.1

test: lint types unit

lint: $(TEST_STAMP)
	@echo "xaicheck: ruff, lint and format"
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

format: $(TEST_STAMP)
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

types: $(TEST_STAMP)
	@echo "xaicheck: mypy"
	@$(PY) -m mypy

quick: lint types
	@echo "xaicheck: the fast tests"
	@$(PYTEST) tests/unit -m "not slow"

unit: $(TEST_STAMP)
	@echo "xaicheck: every test"
	@$(PYTEST)

bench: $(BENCH_STAMP)
	@$(BENCH_PY) -m benchmarks $(ARGS)

pictures: $(TEST_STAMP)
	@$(PY) -m tools.pictures

clean:
	@rm -rf build dist *.egg-info .pytest_cache .ruff_cache .mypy_cache
	@find . \( -path ./$(VENV) -o -path ./$(BENCH) \) -prune -o -type d -name __pycache__ -exec rm -rf {} +
	@echo "xaicheck: caches and build output are gone; $(VENV) stays (delete it by hand to start afresh)"

$(PY):
	@$(PYTHON) $(NEW_ENOUGH) 2>/dev/null || { \
	  echo "xaicheck needs Python 3.11 or newer and '$(PYTHON)' is not that: install it, then name it, as in 'make run PYTHON=python3.12'." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "'$(PYTHON)' has no venv module: on Debian and Ubuntu 'sudo apt-get install python3-venv' brings it; then try again." >&2; exit 1; }
	@echo "xaicheck: creating $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): $(PY)
	@$(PY) $(NEW_ENOUGH) || { echo "$(VENV) was made by a Python older than 3.11: delete it and try again." >&2; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip
	@echo "xaicheck: installing requirements.txt into $(VENV) (several GB the first time, skipped afterwards)"
	@$(PIP) install -r requirements.txt
	@rm -f $(VENV)/.set-up-run-*
	@touch $@

# The test tools stand on the runtime set-up, so that `make run` after `make test` has nothing to do.
$(TEST_STAMP): $(RUN_STAMP)
	@echo "xaicheck: installing requirements-dev.txt into $(VENV)"
	@$(PIP) install -r requirements.txt -r requirements-dev.txt
	@rm -f $(VENV)/.set-up-test-*
	@touch $@

# The peers get an environment of their own, with $(VENV) behind it: nothing that they bring along can change
# what the program runs with, and torch is not stored twice. Without them the benchmarks still run.
BEHIND := -c 'import pathlib, sys, sysconfig as s; \
  pathlib.Path(s.get_path("purelib"), "xaicheck.pth").write_text(s.get_path("purelib", vars={"base": sys.argv[1]}))'
$(BENCH_STAMP): $(RUN_STAMP)
	@echo "xaicheck: installing requirements-bench.txt into $(BENCH)"
	@$(PY) -m venv $(BENCH)
	@$(BENCH_PY) $(BEHIND) "$(abspath $(VENV))"
	@rm -f $(BENCH)/.set-up-*
	@$(BENCH_PY) -m pip --disable-pip-version-check install -r requirements-bench.txt && touch $@ || \
	  echo "xaicheck: the peers cannot be installed now; their rows will say so" >&2
