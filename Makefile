# A handful of verbs; `make help` lists them. The README gives the plain command
# behind each, for people without make.

TERRITORY ?= D52
# Empty: the latest complete year (2024 for the bundled sample).
YEAR ?=
# The language of charts and factsheet: fr or en (the site has both).
LANGUAGE ?= fr
# Empty: the bundled, simulated sample.
CUSTOMS_DIR ?=
# Empty: what is known now. A vintage (2025-02): what was known then.
AS_OF ?=
# The years `make fetch` downloads.
YEARS ?=
PYTHON ?= python3

VENV := .venv
RUN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
VARS = "$$($(RUN)/python -c 'import json, sys; print(json.dumps({"customs_dir": sys.argv[1], "as_of": sys.argv[2]}))' "$(CUSTOMS_DIR)" "$(AS_OF)")"
SHEET = --territory $(TERRITORY) $(if $(YEAR),--year $(YEAR)) --language $(LANGUAGE)

.DEFAULT_GOAL := help
.PHONY: help install build warehouse charts factsheet site fetch sample test lint docs lock clean

help:  ## List the verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED)  ## Install everything pinned into .venv

$(INSTALLED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: make install PYTHON=python3.12" >&2; exit 2; }
	@echo "Installing the pinned packages into $(VENV) …"
	$(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@touch $@

build: warehouse charts factsheet  ## Warehouse, charts and factsheet (TERRITORY=D52 YEAR=2024 CUSTOMS_DIR=… AS_OF=…)
	@echo
	@echo "The warehouse   build/warehouse.duckdb"
	@echo "The charts      build/charts/"
	@echo "The factsheets  build/factsheets/"

warehouse: $(INSTALLED)  ## Build and test the warehouse, then publish it
	$(RUN)/dbt build --vars $(VARS)
	$(RUN)/python scripts/publish.py

charts: $(INSTALLED)  ## Draw the four figures of TERRITORY, its region and France
	$(RUN)/python scripts/render_charts.py $(SHEET)

factsheet: $(INSTALLED)  ## Set the factsheet of TERRITORY, PDF and HTML
	$(RUN)/python scripts/render_factsheets.py $(SHEET)

site: $(INSTALLED)  ## Make the static site of YEAR in build/site/, both languages
	$(RUN)/python scripts/build_site.py $(if $(YEAR),--year $(YEAR))

fetch: $(INSTALLED)  ## Download the official files of YEARS="2023 2024" into data/customs
	@test -n "$(YEARS)" || { echo 'Which years? make fetch YEARS="2023 2024"' >&2; exit 2; }
	$(RUN)/python scripts/fetch_customs.py --years $(YEARS)

sample: $(INSTALLED)  ## Make the bundled simulated sample again
	$(RUN)/python scripts/simulate_customs.py

test: $(INSTALLED)  ## dbt build with its tests, then pytest
	$(RUN)/dbt build
	$(RUN)/python -m pytest

lint: $(INSTALLED)  ## sqlfluff, ruff, dbt-bouncer
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/sqlfluff lint models tests
	$(RUN)/dbt parse --quiet
	$(RUN)/dbt-bouncer run --config-file dbt-bouncer.yml

docs: $(INSTALLED)  ## The data dictionary as one page, target/static_index.html
	$(RUN)/dbt docs generate --static
	@echo "Open target/static_index.html"

PIP_COMPILE = $(RUN)/pip-compile --quiet --generate-hashes --allow-unsafe --no-strip-extras --no-header --no-annotate --no-emit-options

lock: $(INSTALLED)  ## Resolve pyproject.toml anew into requirements.lock
	$(PIP_COMPILE) --extra dev --output-file requirements.lock pyproject.toml
	cd benchmarks && ../$(PIP_COMPILE) --output-file requirements.lock requirements.in

clean:  ## Delete the outputs and dbt's work files
	rm -rf build/charts build/factsheets build/site build/warehouse.duckdb* build/.warehouse.duckdb* build/dev/*.duckdb* build/dev/unpacked target logs
