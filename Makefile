# For contributors; everything here is also a plain command.
PYTHON := .venv/bin/python

.PHONY: help setup test fast lint types format bless schemas serve bench

help:
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  \1\t/' | expand -t 12

setup: ## install skillmeat and what the tests need into .venv
	python3 -m venv .venv
	$(PYTHON) -m pip install --quiet --editable '.[test]'

test: ## everything that CI runs
	python3 tests/run.py

fast: ## the tests alone, without the slow ones
	$(PYTHON) -m pytest -n auto -m "not slow"

lint: ## find faults in style
	$(PYTHON) -m ruff check .

types: ## check the types
	$(PYTHON) -m mypy

format: ## lay the code out
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

bless: ## accept what the code makes now as the golden files
	$(PYTHON) -m pytest --bless

schemas: ## write the JSON Schemas of manifests anew
	$(PYTHON) -m skillmeat schemas --out schemas

serve: ## build this repository's catalog and serve it
	$(PYTHON) -m skillmeat serve

bench: ## print the benchmarks' tables
	$(PYTHON) -m benchmarks
