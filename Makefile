# `make run` and `make test` prepare everything they need; see `make help`.
# Each preparation leaves a stamp beside what it made (.venv/.ready, ...), so that the second start costs nothing.

# The distribution's own python3 is built with profiles and 15-20 % faster than one built by hand.
PYTHON ?= $(shell /usr/bin/python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
            && echo /usr/bin/python3 || echo python3)
DEMO ?= on
export PYTHON DEMO
export PORT SMTP_PORT HOST WAADA_HOME DATABASE_URL PUBLIC_URL
# Compiled modules make every start faster; some machines switch them off for all programs.
unexport PYTHONDONTWRITEBYTECODE

SHELL := /bin/bash
# The environment and the screens are prepared side by side.
MAKEFLAGS += --no-print-directory -j2
.DEFAULT_GOAL := help
.PHONY: setup run test bench lint format help

screens := $(shell find web desk widget package.json -type f -not -path '*/node_modules/*' 2>/dev/null)

setup: .venv/.ready src/waada/web/static/manifest.json ## prepare the environment and build the screens, start nothing
	@:

run: setup ## start everything with a demo brand: PORT=8080 SMTP_PORT=2525 WAADA_HOME= DEMO=on|live|off
	@exec .venv/bin/waada up

test: .venv/.dev-ready src/waada/web/static/manifest.json .make/test-packages ## run all tests, or some: T="tests/web -k chat"
	@.venv/bin/pytest $(T)

bench: .venv/.dev-ready src/waada/web/static/manifest.json ## run all benchmarks, or one: B=bench/name.py
	@set -e; for each in $(or $(B),$(sort $(wildcard bench/[a-z]*.py))); do echo "== $$each"; .venv/bin/python $$each; done

lint: .venv/.dev-ready node_modules/.ready .make/words ## ruff, mypy and tsc
	@.venv/bin/ruff check --quiet . && .venv/bin/ruff format --check --quiet . || { echo 'Try `make format`.'; exit 1; }
	@.venv/bin/mypy --no-error-summary
	@node_modules/.bin/tsc -p tsconfig.json

format: .venv/.dev-ready ## let ruff put the code in order
	@.venv/bin/ruff format --quiet . ; .venv/bin/ruff check --fix --quiet .

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

.make/run-packages: .ci/packages
	@mkdir -p .make && .ci/packages run && touch $@

.make/test-packages: .ci/packages
	@mkdir -p .make && .ci/packages test && touch $@

.venv/.ready: requirements.lock requirements-uv.lock pyproject.toml .ci/python | .make/run-packages
	@echo "Preparing .venv" && .ci/python "$(PYTHON)" requirements.lock && touch $@

.venv/.dev-ready: requirements-dev.lock .venv/.ready
	@echo "Preparing .venv for development" && .ci/python "$(PYTHON)" requirements-dev.lock && touch $@

node_modules/.ready: package.json package-lock.json .npmrc | .make/run-packages
	@echo "Preparing node_modules" && npm ci --ignore-scripts --silent </dev/null && touch $@

src/waada/web/static/manifest.json: $(screens) node_modules/.ready .make/words
	@node web/build.mjs && touch $@

# The texts that customers read, from the same catalogues as the pages, for the screens to import.
.make/words: $(shell find src/waada/words -name '*.p[oy]' 2>/dev/null) .venv/.ready
	@if [ -e src/waada/words/__main__.py ]; then .venv/bin/python -m waada.words export .make/catalogues; fi && touch $@
