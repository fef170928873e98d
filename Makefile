# Every target sets up what it needs. `make` alone says what there is.
.DEFAULT_GOAL := help
export PYTHON
# Containers often forbid Python to keep what it has compiled; each process would start for seconds.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help demo test pytest attack bench lint format pins clean

help:
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

demo: ## a town with invented answers on http://127.0.0.1:8000
	@.ci/setup run
	@.venv/bin/pegel demo

test: ## everything: linters, types, floors, unit, property and browser tests, attacks in short
	@.ci/setup dev
	@.ci/test-tools
	@$(MAKE) --no-print-directory --jobs 2 pytest lint

pytest: .cache/compiled
	.venv/bin/pytest -n auto --dist worksteal

# Once in a new place: otherwise each of several processes compiles all of it for itself, and lists
# the characters of Unicode.
.cache/compiled:
	@mkdir -p .cache
	@.venv/bin/python -W ignore -c "from hypothesis.strategies import text; text().example()"
	@.venv/bin/pytest --collect-only --quiet >/dev/null; touch $@

attack: ## the attacks on anonymity and disclosure at full numbers
	@.ci/setup dev
	@.ci/test-tools
	PEGEL_ROUNDS=100 PEGEL_CASES=2000 .venv/bin/pytest -n auto --dist worksteal -m attack \
		-o faulthandler_timeout=2400

bench: ## what it costs, as ratios measured in one run
	@.ci/setup dev
	.venv/bin/python -m benchmarks

lint: ## ruff, mypy and the floors of the house
	@.ci/setup dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

format: ## format the code
	@.ci/setup dev
	.venv/bin/ruff check --fix-only .
	.venv/bin/ruff format .

pins: ## resolve the dependencies anew (needs uv)
	uv pip compile -q --upgrade --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml requirements/build.in -o requirements/run.txt
	uv pip compile -q --upgrade --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml requirements/build.in --extra dev -c requirements/run.txt -o requirements/dev.txt

clean: ## remove what the other targets made
	rm -rf .venv .cache .hypothesis dist build demo-data
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
