# Sets up what it needs, once. `make run` shows the product, `make test` checks it, `make help` lists the rest.
#
#   PORT=8000      where `make run` serves
#   PYTHON=...     the interpreter that .venv is made from (3.11 or newer)
#   CHROMIUM=...   the browser of the page tests, if it is not on the PATH as chromium
#   ARGS="-k page" more words for pytest, at the end of `make test`
#   UPGRADE=1      `make pins` moves to the newest versions that pyproject.toml allows

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint format pins clean chromium

PORT ?= 8000
PYTHON ?= $(shell command -v python3.11 || command -v python3)
CHROMIUM ?= chromium
ARGS ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# Wheels only, each with its hash: no source build, so nothing is fetched that is not in the pin file.
INSTALL := $(PIP) install --quiet --require-hashes --no-deps --only-binary :all:
MADE := .venv/.made
RUNS := .venv/.runs
TESTS := .venv/.tests

# Install Debian packages, as root or through sudo; fails where neither is to be had.
define APT
sh -c 'command -v apt-get >/dev/null || exit 1; as=; \
    if [ "$$(id -u)" != 0 ]; then as=sudo; command -v sudo >/dev/null || exit 1; \
        sudo -n true 2>/dev/null || [ -t 0 ] || exit 1; fi; \
    echo "Installing from Debian: $$*"; export DEBIAN_FRONTEND=noninteractive; \
    $$as apt-get update -qq && \
    $$as apt-get install -qq -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$$@" >/dev/null' apt
endef

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: $(RUNS) ## Install, show the Pavlodar demo, then serve it on PORT until Ctrl-C
	@$(BIN)/valuechain demo
	@trap : INT; $(BIN)/valuechain serve pavlodar --port $(PORT) || test $$? -eq 130

test: $(TESTS) chromium ## Install, then every check: ruff, format, mypy, pytest
	@failed=; \
	for check in "ruff check ." "ruff format --check ." "mypy" "pytest -n 2 --dist worksteal $(ARGS)"; do \
	    echo "== $$check"; $(BIN)/$$check || failed="$$failed [$$check]"; \
	done; \
	test -z "$$failed" || { echo "make test failed in:$$failed" >&2; exit 1; }

lint: $(TESTS) ## ruff, format and mypy, without the tests
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

format: $(TESTS) ## Put the code into the house style
	@$(BIN)/ruff check --fix --exit-zero --quiet . && $(BIN)/ruff format .

# One resolution for every platform and every Python from 3.11; the build backend is pinned with the rest.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --custom-compile-command "make pins" $(if $(UPGRADE),--upgrade)
pins: $(TESTS) ## Write requirements.txt and requirements-test.txt anew from pyproject.toml
	@$(BIN)/python -c "import tomllib; \
	print(*tomllib.load(open('pyproject.toml', 'rb'))['build-system']['requires'], sep='\n')" \
	| $(COMPILE) pyproject.toml - --output-file requirements.txt
	@$(COMPILE) pyproject.toml --extra test --extra dev --constraints requirements.txt \
	    --output-file requirements-test.txt

clean: ## Remove .venv and everything that the tools wrote
	rm -rf .venv build dist *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache .coverage htmlcov
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

chromium:
	@command -v "$(CHROMIUM)" >/dev/null || $(APT) chromium fonts-dejavu-core || \
	    echo "No chromium here, and no right to install it: the page tests will fail." \
	         "Install it (Debian: apt-get install chromium) or set CHROMIUM=/path/to/it." >&2

# A stamp stands for a finished step, so a step that broke off is done again and a finished one is not.
$(MADE):
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(APT) python3-venv || \
	    { echo "$(PYTHON) cannot make a .venv (Debian: apt-get install python3-venv)" >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv && touch $@

$(RUNS): requirements.txt pyproject.toml $(MADE)
	@echo "Installing into .venv (about a minute, only the first time)"
	@$(INSTALL) -r requirements.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .
	@touch $@

$(TESTS): requirements-test.txt $(RUNS)
	@echo "Installing what the tests need"
	@$(INSTALL) -r requirements-test.txt
	@touch $@
