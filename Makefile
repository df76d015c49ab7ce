# Needs python3 (3.11 or newer), make and, the first time, a package registry.
#   make demo   route some utterances with the tools in tool_specs/
#   make test   everything that CI checks

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
DEMO_BUNDLE := build/demo.bundle

.PHONY: demo test

demo: $(VENV)/.installed-train
	@echo "Compiling tool_specs/ ..."
	@$(BIN)/router compile tool_specs -o $(DEMO_BUNDLE)
	@echo
	@$(BIN)/python -m evals.demo $(DEMO_BUNDLE)

test: $(VENV)/.installed-dev
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

# A stamp is younger than pyproject.toml as long as what it asks for is installed.
$(VENV)/.installed-train: pyproject.toml | $(BIN)/python
	@echo "Installing the package and what compiling needs into $(VENV)/ ..."
	@$(PIP) install --editable '.[train]'
	@touch $@

# Dependency groups need pip 25.1.
$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	@echo "Installing the package and what checking it needs into $(VENV)/ ..."
	@$(PIP) install --upgrade 'pip>=25.1'
	@$(PIP) install --editable '.[train]' --group dev
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one: make PYTHON=...")'
	@$(PYTHON) -m venv $(VENV)
