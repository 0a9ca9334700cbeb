# GNU make 4.0 and Python 3.11 are all this needs; everything else is fetched, by hash, the first time it is wanted.
# What is made stays inside .venv and node_modules; what is built for the testbed stays in ~/.cache/holdfast-testbed
# (HOLDFAST_TESTBED_CACHE moves it).

ifeq ($(filter oneshell,$(.FEATURES)),)
$(error GNU make 4.0 or newer is needed, this is $(MAKE_VERSION); on macOS: brew install make, then gmake)
endif

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory --no-builtin-rules
.DELETE_ON_ERROR:
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME

PYTHON ?= python3
PLATFORM ?= eoepca
CONTEXT ?=
export PLATFORM CONTEXT
ARGS ?=

BIN := .venv/bin
PY := $(BIN)/python
VENV := .venv/.made
NODE := node_modules/.made
TOGETHER := --keep-going --jobs=3 --output-sync=target
COMPILE = uv=$$(sh scripts/uv "$(PYTHON)") && $$uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate $(if $(UPGRADE),--upgrade)

.PHONY: help demo audit check lint types layers docs-check unit test report picture coverage docs lock testbed-up testbed-down clean

help: ## Show this list (the default)
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS='	' read -r name what; do printf '  make %-13s %s\n' "$$name" "$$what"; done

## What a user types

demo: $(VENV) ## Audit the bundled recording of a platform with seeded faults; 0 when exactly those are found
	@$(BIN)/holdfast demo

audit: $(VENV) ## Audit a live cluster: make audit CONTEXT=name [PLATFORM=eoepca] [ARGS="--deadline 2m"]
	@test -n "$$CONTEXT" || { echo 'make audit needs CONTEXT=name; the names are in: kubectl config get-contexts -o name' >&2; exit 4; }
	@$(BIN)/holdfast audit "$$PLATFORM" --context "$$CONTEXT" $(ARGS)

report: $(VENV) $(NODE) ## Make one HTML file of the last audit (of the demo, when there was none) with Allure 3
	@test -d holdfast-report/allure-results || $(MAKE) demo
	@$(PY) scripts/report.py

## What a developer types

picture: report ## Take the picture of the report that the README shows
	@sh scripts/packages chromium
	@$(PY) scripts/browser.py

check: $(VENV) ## Lint, types, layer contracts, stale docs, unit and snapshot tests: about a minute
	@$(MAKE) $(TOGETHER) lint types layers docs-check unit

test: $(VENV) ## Everything that has to pass: check, testbed build, live tests, fault matrix, report in Chromium
	@$(MAKE) $(TOGETHER) lint types layers docs-check
	@sh scripts/packages git chromium redis-server nginx maven default-jre-headless shellcheck
	@$(PY) -m testbed build
	@$(MAKE) $(NODE)
	@HOLDFAST_TEST_STARTED=$(STARTED) $(PY) -m pytest
test: STARTED := $(shell date +%s)

lint: $(VENV)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: $(VENV)
	@$(BIN)/mypy

layers: $(VENV)
	@$(BIN)/lint-imports

docs-check: $(VENV)
	@$(PY) -m holdfast.docs --check

unit: $(VENV)
	@$(PY) -m pytest -m "not live and not browser"

coverage: $(VENV) ## Show which lines the unit tests leave out
	@$(PY) -m coverage run -m pytest -q -m "not live and not browser"
	@$(PY) -m coverage report

docs: $(VENV) ## Generate docs/rules.md, docs/steps.md, docs/fault-matrix.md and deploy/rbac.yaml
	@$(PY) -m holdfast.docs

testbed-up: $(VENV) ## Start a real API server with real Flux on this machine; PLATFORM=eoepca is installed into it
	@$(PY) -m testbed up $(PLATFORM)

testbed-down: $(VENV) ## Stop it, and everything it started
	@$(PY) -m testbed down

lock: $(VENV) ## Write the lock files again after a change of dependencies; UPGRADE=1 moves everything to its newest
	@$(COMPILE) pyproject.toml --group dev -o requirements-dev.lock
	@$(COMPILE) pyproject.toml -c requirements-dev.lock -o requirements.lock
	@$(COMPILE) --group uv -o requirements-uv.lock
	@$(COMPILE) --group node -o requirements-node.lock
	@sh scripts/npm install --package-lock-only

clean: ## Remove what was made in this folder: .venv, node_modules, reports, caches (not the testbed's cache)
	@rm -rf .venv .venv-uv node_modules build dist *.egg-info holdfast-report .coverage
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV): requirements-dev.lock requirements-uv.lock pyproject.toml scripts/venv scripts/uv
	@sh scripts/venv "$(PYTHON)"
	@touch $@

$(NODE): package.json package-lock.json | $(VENV)
	@sh scripts/npm ci
	@touch $@
