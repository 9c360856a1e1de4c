# The targets of Maillage. `make` alone shows them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
DATA ?= var/data
# Byte code is kept, whatever the machine says: the tests start hundreds of processes.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo serve test lint style types format lock bench bench-relevance bench-speed bench-size bench-publishing bench-import bench-figures clean

help: ## show this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

demo: $(VENV)/.installed ## load the shipped data, then serve the site (PORT=8000 DATA=var/data)
	@exec $(BIN)/maillage demo --port $(PORT) --data $(DATA)

serve: $(VENV)/.installed ## serve the site on the data present (PORT=8000 DATA=var/data)
	@exec $(BIN)/maillage serve --port $(PORT) --data $(DATA)

# The tests in lanes, longest first, so that at the end no core waits for one. What stands in one lane shares a site, or an engine;
# what no other lane names is in `test-rest`. One lane more than cores at once, for engines, browsers and faults are waited for.
# What a lane says is shown when it ends.
LANES := test-neo4j test-houses test-site test-inside test-rest test-shared test-backup types
LANES_AT_ONCE ?= 3
lane = mkdir -p build; $(BIN)/python -m pytest $(1) > build/$@.log 2>&1; code=$$?; cat build/$@.log; exit $$code
SITE := tests/api tests/scenarios tests/web tests/faults/test_site_index.py
HOUSES := $(addprefix tests/faults/test_,chaos.py processes.py supervisor.py watched_site.py)
BACKUP := tests/faults/test_backup.py tests/upgrade
SHARED := $(addprefix tests/faults/test_,index.py parts_apart.py shared_index.py shared_site.py worker.py) tests/importers tests/store

test: $(VENV)/.tests style ## lint, check types, run every test, on both graph engines
	@$(MAKE) --no-print-directory chromium maven node
	@$(MAKE) --no-print-directory --keep-going --jobs=$(LANES_AT_ONCE) $(LANES)

test-full: export MAILLAGE_TEST_FULL := 1
test-full: export MAILLAGE_TEST_CHAOS ?= 10
test-full: export MAILLAGE_TEST_LIVES ?= 1000
test-full: test ## the same, and the doses: every door on Neo4j, more made-up requests, ten times the chaos

# Each start of an engine in the tests is shorter for it. Types are checked meanwhile.
.PHONY: classes
classes: $(VENV)/.tests
	@$(BIN)/python -m graph.store.classes

.PHONY: test-full $(LANES)
$(filter test-%,$(LANES)): classes

test-site: $(VENV)/.tests
	@$(call lane,$(SITE) -m site)

test-inside: $(VENV)/.tests
	@$(call lane,$(SITE) -m 'not site and not keycloak')

test-houses: $(VENV)/.tests
	@$(call lane,$(HOUSES))

test-neo4j: $(VENV)/.tests ## run what touches the graph on a Neo4j (Maven fetches it once)
	@$(MAKE) --no-print-directory maven
	@export MAILLAGE_TEST_GRAPH=neo4j; $(call lane,tests/store tests/importers tests/api tests/scenarios tests/web/test_answer_link.py tests/web/test_by_link.py)

test-backup: $(VENV)/.tests
	@$(call lane,$(BACKUP))

test-shared: $(VENV)/.tests
	@$(call lane,$(SHARED))

test-rest: $(VENV)/.tests
	@$(call lane,$(addprefix --ignore=,$(SITE) $(HOUSES) $(BACKUP) $(SHARED)))

lint: style types ## style, import directions, types

style: $(VENV)/.tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.tests
	$(BIN)/basedpyright --level error

format: $(VENV)/.tests ## put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.tests ## the figures that the README states
	$(BIN)/python -m bench.relevance
	$(BIN)/python -m bench.start
	$(BIN)/python -m bench.public
	$(BIN)/python -m bench.completion
	$(BIN)/python -m bench.keeping
	$(BIN)/python -m bench.handoffs
	$(BIN)/python -m bench.desk

bench-speed: $(VENV)/.tests ## relays in a directory of France's size, by one client and by eight; where their time goes
	$(BIN)/python -m bench.speed
	$(BIN)/python -m bench.stages

bench-size: $(VENV)/.tests ## the same at 100,000 and at 1,000,000 services (SIZES=…); the million takes some minutes to make
	$(BIN)/python -m bench.size $(SIZES)

bench-relevance: $(VENV)/.tests ## how often a problem is understood, by level
	$(BIN)/python -m bench.relevance

bench-publishing: $(VENV)/.tests ## figures over a graph of 100,000 handoffs (SIZES=…): what is published, what a page asks
	$(BIN)/python -m bench.publishing $(SIZES)

bench-import: $(VENV)/.tests ## loading a feed against bare batches (SIZES="10000 30000 100000" services)
	$(BIN)/python -m bench.imports $(SIZES)

bench-figures: $(VENV)/.tests ## figures over 100,000 and 1,000,000 handoffs, betweenness on 60,000 organisations; minutes
	$(BIN)/python -m bench.figures

lock: $(VENV)/.tests ## write the locks anew, with hashes and without an index's address
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra dev pyproject.toml -o requirements-dev.lock

clean: ## remove the environment and the demonstration data
	rm -rf $(VENV) var

# Without its windows, where that is packed: it takes half the processor.
.PHONY: chromium
chromium:
	@command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium-headless-shell >/dev/null 2>&1 || \
	      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; }; \
	  else echo "Chromium manque pour les tests de navigateur : installez-le (Debian : sudo apt-get install chromium-headless-shell)." >&2; exit 1; fi; }

# Without root, the tests say what is missing, unless the jars are there already.
.PHONY: maven
maven:
	@command -v mvn >/dev/null || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || { \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq maven >/dev/null; }

.PHONY: node
node:
	@command -v npm >/dev/null || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || { \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq nodejs npm >/dev/null; }

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { echo "Python 3.11, 3.12 ou 3.13 est nécessaire (ici : $$($(PYTHON) --version)). Choisissez-le avec PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Le module venv de Python manque (Debian : apt-get install python3-venv)." >&2; exit 1; }

# uv puts a lock in place in a quarter of pip's time. It reads none of pip's settings: where these name an index, and where uv
# cannot do it, pip does.
# --no-deps: the locks are whole, and pip cannot match `pydantic[email]`, which a package asks for, with a hash of pydantic.
pip = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps
locked = if $(BIN)/python -m pip config list | grep -q index-url; then $(pip) -r $(1); else \
  $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r $(1) || $(pip) -r $(1); fi

$(BIN)/uv: | $(VENV)/bin/python
	@awk '/^[^ ]/ { ours = /^uv==/ } ours' requirements-dev.lock > $(VENV)/uv.lock
	$(pip) -r $(VENV)/uv.lock

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/uv
	@$(call locked,requirements.lock)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.tests: requirements-dev.lock $(VENV)/.installed
	@$(call locked,requirements-dev.lock)
	@touch $@
