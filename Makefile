# What a person types. Everything else is a `tandem` command.
PYTHON ?= python3
VENV := .venv
TANDEM := $(VENV)/bin/tandem
INSTALLED := $(VENV)/.installed

# Tests and demo start one process after another; each would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo up test check scenarios bench docs clean

demo: $(INSTALLED) ## a dealer's day through real Kafka, about two minutes; ACT=morning or ACT=month-end plays one act
	@$(TANDEM) demo $(if $(ACT),--act $(ACT))

up: $(INSTALLED) ## the same, and everything keeps running until Ctrl-C
	@$(TANDEM) demo --keep --folder var/up

# Processes that are killed come first: what takes longest must not begin last.
test: check ## everything: style, types, layers, all tests on Apache Kafka and PostgreSQL
	@$(VENV)/bin/pytest -n auto --dist worksteal tests/unit tests/contract
	@$(VENV)/bin/pytest -n 2 --dist loadfile --no-loadscope-reorder --scenarios tests/faults tests/integration tests/e2e

check: $(INSTALLED) ## style, types and layers only
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

scenarios: $(INSTALLED) ## the numbered acceptance scenarios; writes build/scenarios.json
	@$(VENV)/bin/pytest -m scenario --scenarios

bench: $(INSTALLED) ## ratios against bare loops in the same run; writes build/bench.json
	@$(VENV)/bin/python -m tests.bench

docs: $(INSTALLED) ## the pages that are generated from code
	@$(VENV)/bin/python -m shared.errors > docs/errors.md

clean: ## what was installed and built here
	rm -rf $(VENV) build var

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tandem needs Python 3.11 or newer")'
	@echo "installing ..."
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@
