# Everything that people and CI do here. `make help` lists it; CI runs nothing but these targets.

PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$name; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
# Handed to every `pip install`. Where no CPU build of torch is at hand, this spares gigabytes:
#   make run PIP_ARGS="--extra-index-url https://download.pytorch.org/whl/cpu"
PIP_ARGS ?=
# Handed to pytest: make test PYTEST_ARGS="-k outbox --database=sqlite"
PYTEST_ARGS ?=
TEST_PROCESSES ?= 2

PIP := $(BIN)/python -m pip --disable-pip-version-check
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard platform/virtual_return/translations/*/LC_MESSAGES/*.po))
TYPED := -p virtual_return -p matching -p models

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install develop run test check lint format types layers messages catalogues \
	update-messages bench screenshots lock clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/.runtime $(VENV)/.editable catalogues ## Make .venv and install what running needs

develop: $(VENV)/.develop $(VENV)/.editable catalogues ## The same, with the tools for testing and checking

run: install ## Serve the demonstration: http://127.0.0.1:8000, or PORT=...
	@exec $(BIN)/virtual-return dev

test: develop ## Run all tests on SQLite and PostgreSQL; brings Chromium, PostgreSQL and Redis
	@$(BIN)/python scripts/bring_services.py
	@# Each process must collect the same tests, those that come from sets included.
	PYTHONHASHSEED=0 $(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist worksteal --database=both $(PYTEST_ARGS)

check: lint types layers messages ## Everything that needs no run: lint, types, layers, messages

lint: develop ## Ruff, formatting, templates, unused and missing dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint platform --lint --quiet
	$(BIN)/deptry platform matching models migrations

format: develop ## Let ruff repair what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: develop ## mypy --strict on the three packages
	$(BIN)/mypy $(TYPED)

layers: develop ## Who may import whom
	$(BIN)/lint-imports

messages: develop ## Is every sentence extracted, and translated where it must be?
	$(BIN)/python scripts/check_messages.py

update-messages: develop ## Extract sentences anew and bring the catalogues up to date
	$(BIN)/python scripts/update_messages.py

bench: develop $(VENV)/.bench ## Measurements that print ratios; SMALL=1: minutes instead of an hour
	@$(BIN)/python -m benchmarks.every $(if $(SMALL),--small)

screenshots: develop ## Pictures of the demonstration's main pages, in var/screenshots
	$(BIN)/python scripts/screenshots.py

lock: develop ## Resolve pyproject.toml into requirements.txt and requirements-dev.txt (UPGRADE=1: newest)
	$(PIP) install --quiet $(PIP_ARGS) "uv>=0.7"
	$(BIN)/python scripts/lock.py $(if $(UPGRADE),--upgrade)

clean: ## Remove .venv, run-time data and caches
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find platform -name '*.mo' -delete

catalogues: $(CATALOGUES)

%.mo: %.po | $(VENV)/.runtime
	@$(BIN)/pybabel -q compile -i $< -o $@ -l $(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<)))

$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "Virtual Return needs Python 3.11 or newer; none was found." \
		"Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version)."
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(BIN)/python
	@echo "Installing what the application needs: minutes the first time."
	$(PIP) install --progress-bar on $(PIP_ARGS) -r requirements.txt
	@touch $@

$(VENV)/.develop: requirements-dev.txt $(VENV)/.runtime
	@echo "Installing the tools for testing and checking."
	$(PIP) install --progress-bar on $(PIP_ARGS) -r requirements-dev.txt
	@touch $@

$(VENV)/.bench: requirements-bench.txt | $(VENV)/.develop
	@echo "Installing the engines to measure beside ours."
	@grep -v '^#' $< | while read -r engine; do \
		$(PIP) install --quiet $(PIP_ARGS) "$$engine" || echo "$$engine is left out."; done
	@touch $@

$(VENV)/.editable: pyproject.toml $(VENV)/.runtime
	$(PIP) install --quiet --no-deps $(PIP_ARGS) -e .
	@touch $@
