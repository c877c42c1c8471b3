# Every target installs what it needs: Python 3.11+, make and git are enough.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TEST_ARGS ?=
# Most tests wait for servers and processes, so three at a time keep two cores busy.
TEST_PROCESSES ?= 3

.DEFAULT_GOAL := help
.PHONY: help install demo run test check lint types imports format bench soak lock docs clean

help: ## Print the targets
	@grep -hE '^[a-z]+:.*?## ' $(MAKEFILE_LIST) | awk -F':.*?## ' '{printf "  make %-9s %s\n", $$1, $$2}'

install: $(STAMP) ## Create .venv with the locked dependencies

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "enrichd needs Python 3.11 or newer (set PYTHON=python3.11)")'
	@echo "Installing enrichd and its locked dependencies into $(VENV) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: $(STAMP) ## Run the main job end to end on embedded servers and a simulated outside world
	@$(BIN)/enrichd demo $(ARGS)

run: $(STAMP) ## Run a worker (embedded servers unless REDIS_URL and DATABASE_URL are set)
	@$(BIN)/enrichd run $(ARGS)

test: $(STAMP) ## Run every test, on real servers started by the tests
	@$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist worksteal $(TEST_ARGS)

check: lint types imports ## Lint, types and import floors

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(STAMP)
	@$(BIN)/mypy

imports: $(STAMP)
	@$(BIN)/lint-imports

format: $(STAMP) ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(STAMP) ## Measure against peers and the bare loop; prints tables
	@$(BIN)/python -m benchmarks $(ARGS)

soak: $(STAMP) ## The long chaos runs; prints a table
	@$(BIN)/python -m benchmarks.soak $(ARGS)

docs: $(STAMP) ## Regenerate the README's settings table, .env.example and the accuracy page
	@$(BIN)/python -m config.document --write
	@CALIBRATION_FILE= $(BIN)/enrichd evaluate simulator/labelled/gold.jsonl --markdown > .accuracy.md
	@mv .accuracy.md docs/reference/accuracy.md

lock: ## Recompile requirements.lock (needs uv)
	@uv pip compile pyproject.toml --extra embedded --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet -o requirements.lock

clean: ## Remove the virtual environment and caches
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
