# Needs Python 3.11 or later (with venv) and make. Everything else is installed into .venv, checked by hash.
#
#   make run      everything, in the foreground; Ctrl-C stops it
#   make test     formatting, lint, types, import contracts, tests
#   make demo     a thirty-day departure told in a minute
#   make bench    measurements side by side with bare Temporal
#   make verify   recomputes the evidence chain of every case, and the log across them;
#                 with BUNDLE=file ROOT=fingerprint verifies an evidence bundle
#   make ceremony founds, shows, rotates and revokes signing keys
#
# Two instances run side by side when these differ (with their defaults): WANBI_DATA=.data WANBI_PORT=8000
# WANBI_TEMPORAL_PORT=7233 WANBI_TEMPORAL_UI_PORT=8233 WANBI_WORKER_METRICS_PORT=9464

PYTHON ?= python3
VENV ?= .venv
IN_VENV := $(VENV)/bin/python
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --quiet

.DEFAULT_GOAL := help
.PHONY: help setup run test check demo bench verify ceremony migration lock clean

help:
	@sed -n 's/^#   //p' Makefile

setup: $(VENV)/runtime.stamp

run: $(VENV)/runtime.stamp
	@$(IN_VENV) -m commands.run

test: check
	$(IN_VENV) -m pytest -n 2

check: $(VENV)/dev.stamp
	$(IN_VENV) -m ruff format --check .
	$(IN_VENV) -m ruff check .
	$(IN_VENV) -m mypy .
	$(VENV)/bin/lint-imports --no-cache

demo: $(VENV)/runtime.stamp
	@$(IN_VENV) -m commands.demo

bench: $(VENV)/dev.stamp
	@$(IN_VENV) -m bench

# make ceremony ARGUMENTS="show": see commands/ceremony.py
ceremony: $(VENV)/runtime.stamp
	@$(IN_VENV) -m commands.ceremony $(ARGUMENTS)

verify: $(VENV)/runtime.stamp
	@$(IN_VENV) -m $(if $(BUNDLE),verifier "$(BUNDLE)" --root "$(ROOT)",commands.verify_facts)

# make migration MESSAGE="what changes": the step from the newest schema to models/tables.py, for a person to read
migration: $(VENV)/runtime.stamp
	@$(IN_VENV) -c 'import sys; from models.schema import write_revision; print(write_revision(sys.argv[1]))' "$(MESSAGE)"

# For developers, with uv installed: newest versions that fit pyproject.toml
lock:
	$(LOCK) --output-file requirements/runtime.lock --upgrade
	$(LOCK) --output-file requirements/dev.lock --upgrade --group dev --constraint requirements/runtime.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/pip.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Wanbi needs Python 3.11 or later: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/runtime.stamp: requirements/runtime.lock $(VENV)/pip.stamp
	$(IN_VENV) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $<
	@touch $@

$(VENV)/dev.stamp: requirements/dev.lock $(VENV)/runtime.stamp
	$(IN_VENV) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $<
	@touch $@
