# Minzheng. `make` alone lists the targets. Everything is installed into .venv, pinned and hashed; nothing else is touched
# (as root on Debian, `make test` also installs what tests need: Chromium and Chinese fonts, Java, PostgreSQL 15).
# MINZHENG_HOME names the data folder; DATABASE_URL another PostgreSQL.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.PHONY: help run setup serve province month test test-server check bench lock stop clean

PYTHON ?= python3
BIN := .venv/bin
# An office may read all traffic under a certificate of its own: trust what the machine trusts, where it says so.
export UV_SYSTEM_CERTS ?= $(if $(wildcard /etc/ssl/certs/ca-certificates.crt),true,false)
UV := $(BIN)/uv
MINZHENG := $(BIN)/minzheng
SCALE ?= 0.01
SEED ?= 1
AS_OF ?= 2024-09-30
MONTH ?= 2024-10
PORT ?= 8000
LOCK := $(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11

help: ## List the targets, each with its sentence.
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' Makefile

run: .venv/run.stamp ## Set up, make the demonstration province, run a month, and serve it on PORT=8000.
	@$(MINZHENG) run --scale $(SCALE) --seed $(SEED) --as-of $(AS_OF) --month $(MONTH) --port $(PORT)

setup: .venv/run.stamp ## Make the data folder, keys, database server, roles, tables and reference data.
	@$(MINZHENG) setup

serve: .venv/run.stamp ## Serve the site on PORT=8000, after the start-up check.
	@$(MINZHENG) serve --port $(PORT)

province: .venv/run.stamp ## Make the demonstration province: SCALE=0.01 SEED=1 AS_OF=2024-09-30.
	@$(MINZHENG) province --scale $(SCALE) --seed $(SEED) --as-of $(AS_OF)

month: .venv/run.stamp ## Run one month's payments with the demonstration's unattended approval: MONTH=2024-10.
	@$(MINZHENG) month $(MONTH) --unattended

test: check ## Run every check and every test on a real PostgreSQL and a real browser.
	@left=; .ci/browser || left="$$left and not page"; .ci/java || left="$$left and not spark"; \
		.ci/postgresql || left="$$left and not postgresql15"; $(BIN)/pytest $${left:+-m "$${left# and }"}; \
		.ci/browser --remind; .ci/java --remind; .ci/postgresql --remind

test-server: .venv/test.stamp ## Run every test on Debian's PostgreSQL 15 instead of the embedded server.
	@.ci/server -m "not page and not spark"

check: .venv/test.stamp ## Check format, lint, types, the import contracts and the promises of the tree.
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest tests/architecture

bench: .venv/bench.stamp ## Measure, beside OpenFisca and hand-written NumPy; writes docs/reference/benchmarks.md.
	@$(BIN)/python -m tests.scale

lock: .venv/run.stamp ## Resolve and hash all dependencies anew into requirements/.
	@echo 'uv==0.13.9' | $(LOCK) - -o requirements/uv.txt
	@$(LOCK) pyproject.toml -o requirements/run.txt
	@$(LOCK) pyproject.toml --extra cluster -c requirements/run.txt -o requirements/cluster.txt
	@$(LOCK) pyproject.toml --extra test --extra cluster -c requirements/run.txt -o requirements/test.txt
	@$(LOCK) pyproject.toml --extra test --extra cluster --extra bench -c requirements/test.txt -o requirements/bench.txt

stop: ## Stop the embedded database server of this data folder.
	@if [ -x $(MINZHENG) ]; then $(MINZHENG) server stop; fi

clean: ## Remove .venv and caches; the data folder stays.
	@rm -rf .venv .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One environment; each stamp says which lock it was last brought to. The package itself is a path in site-packages and
# a two-line command, so that no build backend need be fetched.
.venv/uv.stamp: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or newer is needed: make PYTHON=/path/to/python3' >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { echo 'The venv module is missing; on Debian: apt-get install python3-venv' >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@echo '$(CURDIR)' > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/minzheng.pth"
	@printf '#!/bin/sh\nexec "$$(dirname "$$(readlink -f "$$0")")/python" -m minzheng.config "$$@"\n' > $(MINZHENG)
	@chmod 755 $(MINZHENG)
	@touch $@

.venv/run.stamp: requirements/run.txt .venv/uv.stamp
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/run.txt
	@touch $@

.venv/test.stamp: requirements/test.txt .venv/run.stamp
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/test.txt
	@touch $@

.venv/bench.stamp: requirements/bench.txt .venv/test.stamp
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/bench.txt
	@touch $@
