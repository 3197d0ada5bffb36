# Moyai: two commands matter, `make run` and `make test`. `make help` lists the others.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup run test check fix bench screenshots lock clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

setup: $(VENV)/.for-development  ## make .venv from the hashed locks, with what tests and checks need

$(VENV)/.for-running: requirements/run.lock scripts/setup
	@sh scripts/setup $(PYTHON) $(VENV) requirements/run.lock
	@touch $@

$(VENV)/.for-development: requirements/dev.lock scripts/setup
	@sh scripts/setup $(PYTHON) $(VENV) requirements/dev.lock
	@touch $@ $(VENV)/.for-running

run: $(VENV)/.for-running  ## start database, web and worker with the demo council (Ctrl-C stops all)
	@exec $(BIN)/moyai run

test: setup  ## run every test, browser journeys included
	@sh scripts/browser
	@$(BIN)/python -m moyai.web.check_house --quick
	@$(BIN)/pytest -n $${MOYAI_TEST_PROCESSES:-2} --dist loadfile

check: setup  ## ruff, mypy, import-linter, templates, migrations, OpenAPI snapshot
	@$(BIN)/python -m moyai.web.check_house

fix: setup  ## let ruff mend what it can; write the OpenAPI snapshot anew
	@$(BIN)/ruff check --fix -q . || true
	@$(BIN)/ruff format -q .
	@$(BIN)/python -m moyai.web.check_house --write

bench: setup  ## measure, and write docs/benchmarks.md
	@$(BIN)/python -m tests.load

screenshots: setup  ## take the pictures of the guides anew
	@sh scripts/browser
	@$(BIN)/python -m tests.screenshots

lock: setup  ## resolve the dependencies anew into the hashed locks (needs uv)
	uv pip compile -q --no-emit-index-url --generate-hashes --no-header --no-annotate --upgrade pyproject.toml -o requirements/run.lock
	uv pip compile -q --no-emit-index-url --generate-hashes --no-header --no-annotate pyproject.toml --group dev -c requirements/run.lock -o requirements/dev.lock

clean:  ## remove .venv and what tools leave (not var/: that is your data)
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
