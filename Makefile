# What the project can do for you: `make help`. Nothing is needed beforehand but CPython 3.11+ with its venv module.

PYTHON ?= python3
INI ?= development.ini
# the share of lines and branches that the tests must run, in per cent
COV_MIN ?= 95
# how many processes test at once, and what else pytest is to be told
WORKERS ?= auto
PYTEST_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check check-format check-lint check-types check-architecture check-catalog \
	format catalog docs screenshots bench clean

help:  ## Show this list.
	@sed -n 's/^\([a-z-]*\):.*  ## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "  make %-20s %s\n", $$1, $$2 }'

run: $(VENV)/.ready-run  ## Serve the site on http://localhost:6543, with all that it needs.
	@link=$$($(BIN)/novantic init --quiet -c $(INI)) && \
	site=$$(sed -n 's/^novantic\.site_url *= *//p' $(INI)) && \
	printf '\n  The site     %s\n  Its mails    %s/dev/mailbox\n' "$$site" "$$site" && \
	{ [ -z "$$link" ] || printf '\n%s\n' "$$link"; } && printf '\n  Ctrl-C stops it.\n\n' && \
	exec $(BIN)/pserve $(INI)

test: $(VENV)/.ready-test  ## Run all tests, and measure what they run.
	@$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(WORKERS) --dist loadgroup --no-loadscope-reorder $(PYTEST_ARGS)
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage report --fail-under=$(COV_MIN)

check: check-format check-lint check-types check-architecture check-catalog  ## Check format, lint, types, architecture and catalogues.

check-format: $(VENV)/.ready-dev
	$(BIN)/ruff format --check .

check-lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .

check-types: $(VENV)/.ready-dev
	$(BIN)/mypy

check-architecture: $(VENV)/.ready-dev
	$(BIN)/lint-imports --no-logo

check-catalog: $(VENV)/.ready-dev
	$(BIN)/python tools/catalogue.py --check

format: $(VENV)/.ready-dev  ## Format the code, and mend what the linter can.
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

catalog: $(VENV)/.ready-dev  ## Read the words of all sources into the message catalogues.
	$(BIN)/python tools/catalogue.py

docs: $(VENV)/.ready-run  ## Write the pages that are made of docstrings, examples and tutorials' code.
	$(BIN)/python tools/make_docs

screenshots: $(VENV)/.ready-test  ## Take a picture of each page (needs Chromium).
	$(BIN)/python tests/browser/screenshots.py

bench: $(VENV)/.ready-bench  ## Run the benchmarks, each printing a table.
	$(BIN)/python -m bench

clean:  ## Remove all that can be made again; var/ with your tickets stays.
	rm -rf $(VENV) build dist *.egg-info .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

# ------------------------------------------------------------- the virtual environment, made anew when setup.cfg changes

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Novantic needs Python 3.11 or later, and $(PYTHON) is" \
			"$$(command -v $(PYTHON) >/dev/null && $(PYTHON) --version 2>&1 || echo not there)." \
			"Name another: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) lacks its venv module; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

INSTALL = @echo "Installing$(if $(1), with what $(1) needs); the first time takes a minute …" && \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.$(if $(1),[$(1)])' && touch $@

$(VENV)/.ready-run: $(BIN)/python setup.cfg
	$(call INSTALL)

$(VENV)/.ready-test: $(BIN)/python setup.cfg
	$(call INSTALL,test)

$(VENV)/.ready-bench: $(BIN)/python setup.cfg
	$(call INSTALL,bench)

$(VENV)/.ready-dev: $(BIN)/python setup.cfg
	$(call INSTALL,dev)
