# Everything a developer or an operator types. `make` alone prints this help.
PORT ?= 8000
PYTHON ?= $(firstword $(foreach v,python3 python3.11 python3.12 python3.13,$(shell $(v) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(v))))
PYTHON313 ?= python3.13
# Django 6.1 announces the end of EMAIL_HOST and its kin for 2028; 5.2 knows nothing else.
NEXT_WARNINGS := -W "ignore::django.utils.deprecation.RemovedInDjango2028Warning"
# It makes millions of small tuples, and a third of its time goes to looking for cycles in them.
CURLYLINT := import gc; gc.disable(); from curlylint.cli import main; main()
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --no-compile

.DEFAULT_GOAL := help
# Without compiled files each of dozens of processes would compile all of the project anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup run test test-databases test-next lint lint-types lint-django lint-rest format bench messages lock wheel clean

help: ## Print this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

# Of many releases the newer pip finds the wanted one in half the time; the old one does as well.
$(STAMP): requirements/dev.txt requirements/pip.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed."; exit 1; }
	@echo "Setting up $(VENV) (once) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) -r requirements/pip.txt || echo "The wanted pip is not to be had: this takes a little longer."
	@$(PIP) -r requirements/dev.txt
	@touch $@

setup: $(STAMP) ## Make the environment and compile the translations
	@$(BIN)/python scripts/compile_messages.py

run: setup ## Serve the site with demo content on PORT (8000)
	@$(BIN)/python manage.py serve $(PORT)

test: setup ## Run all tests, on SQLite and on PostgreSQL where one answers
	@$(BIN)/python scripts/run_tests.py

# The empty databases that the tests copy, which `make test` makes as well; CI does while it lints.
test-databases: setup
	@$(BIN)/python scripts/run_tests.py --databases-only

test-next: ## Run the tests without a browser on Python 3.13 and Django 6.1
	@test -x .venv-next/bin/python || $(PYTHON313) -m venv .venv-next
	@.venv-next/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/django61.txt
	@.venv-next/bin/python scripts/compile_messages.py
	@.venv-next/bin/python -m pytest -n auto -q -m "not browser and not drill" $(NEXT_WARNINGS)

lint: lint-types lint-django lint-rest ## Check style, types, templates, floors, migrations and catalogues

lint-types: setup
	@$(BIN)/mypy persian desk_core cms_pages sla notices service_requests site/portal scripts

lint-django: setup
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/python manage.py check --fail-level WARNING
	@$(BIN)/python scripts/check_messages.py

lint-rest: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@PYTHONPATH=. $(BIN)/lint-imports
	@$(BIN)/djhtml --tabwidth 2 --check templates
	@$(BIN)/python -c "$(CURLYLINT)" --quiet templates

format: setup ## Put code and templates into shape
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet . ; $(BIN)/djhtml --tabwidth 2 templates

bench: setup ## Measure ours beside its bounds and print the ratios
	@$(BIN)/python benchmarks/run.py

messages: setup ## Collect the texts for translation (needs gettext)
	@$(BIN)/python scripts/make_messages.py

lock: ## Lock the requirements anew (needs uv)
	@sh scripts/lock.sh

wheel: setup ## Build the wheel into dist/
	@$(BIN)/python -m build --wheel --no-isolation

clean: ## Remove what was built; var/ (your data) stays
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
