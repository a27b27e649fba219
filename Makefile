# A handful of verbs; `make help` lists them. The README gives the plain command
# behind each, for people without make.

# What stands on make's command line, letter by letter, or else the default. The
# environment does not count, not even with -e: it has a LANGUAGE of its own.
override setting = $(if $(filter command,$(origin $1)),$(value $1),$2)

override territory := $(call setting,TERRITORY,D52)
# Empty: the latest complete year (2024 for the bundled sample).
override year := $(call setting,YEAR)
# The language of charts and factsheet: fr or en (the site has both).
override language := $(call setting,LANGUAGE,fr)
# Empty: the bundled, simulated sample.
override customs_dir := $(call setting,CUSTOMS_DIR)
# Empty: what is known now. A vintage (2025-02): what was known then.
override as_of := $(call setting,AS_OF)
# The years `make fetch` downloads.
override years := $(call setting,YEARS)
# Where `make dashboard` answers, on this machine alone.
override port := $(call setting,PORT,8088)
override python := $(call setting,PYTHON,python3)
# What `make ci-slim` compares with: a commit.
override base := $(call setting,BASE,HEAD)

# Recipes read them from the environment, as "$$territory": pasted into a recipe,
# a value would be read as code, by make ($) and by the shell.
export territory year language customs_dir as_of years port python base
unexport TERRITORY YEAR LANGUAGE CUSTOMS_DIR AS_OF YEARS PORT PYTHON BASE
# Those of the project itself (COMMERCE_MEMORY=4GB) reach it as they are typed too.
$(foreach name,$(filter COMMERCE_%,$(.VARIABLES)),$(eval override $(name) := $$(value $(name)))$(eval export $(name)))
# Settings of another dbt project would send ours elsewhere.
$(foreach name,$(filter DBT_%,$(.VARIABLES)),$(eval unexport $(name)))

override VENV := .venv
override RUN := $(VENV)/bin
override INSTALLED := $(VENV)/.installed
# Superset has an environment of its own: it wants older pandas and SQLAlchemy.
override DASHBOARD := dashboard/$(VENV)
override DASHBOARD_INSTALLED := $(DASHBOARD)/.installed
# Spark stands on top of ours: 500 MB more, and Java.
override SPARK_INSTALLED := $(VENV)/.spark_installed
override SHEET = --territory="$$territory" $(if $(year),--year="$$year") --language="$$language"
# No --vars when they say nothing: dbt parses the project anew when they change.
override VARS = $(if $(customs_dir)$(as_of),$1)
# dbt renders the text of a var as Jinja: a literal renders to itself.
override DUMP_VARS = import json, os, yaml; print(yaml.safe_dump({name: "{{ " + json.dumps(os.environ[name], ensure_ascii=False) + " }}" for name in ("customs_dir", "as_of")}))

.DEFAULT_GOAL := help
.PHONY: help install build warehouse charts factsheet export site dashboard fetch sample check test spark parity ci-slim mutants lint docs lock clean
# One verb after the other under any -j: they write in the same folders.
.NOTPARALLEL:

help:  ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

install: $(INSTALLED)  ## Install everything pinned into .venv

$(INSTALLED): requirements.lock pyproject.toml
	@"$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { echo "Python 3.11, 3.12 or 3.13 is needed: make install PYTHON=python3.13" >&2; exit 2; }
	@echo "Installing the pinned packages into $(VENV) …"
	"$$python" -m venv $(VENV)
	$(RUN)/python -m pip install --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(RUN)/python -m pip install --disable-pip-version-check --quiet --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(SPARK_INSTALLED): requirements-spark.lock $(INSTALLED)
	@command -v java >/dev/null || { echo "Spark needs Java 17 (Debian: openjdk-17-jre-headless)" >&2; exit 2; }
	@echo "Installing Spark into $(VENV), 500 MB …"
	$(RUN)/python -m pip install --disable-pip-version-check --quiet --require-hashes --no-deps -r requirements-spark.lock
	@touch $@

build: warehouse charts factsheet  ## Warehouse, charts and factsheet (TERRITORY=D52 YEAR=2024 CUSTOMS_DIR=… AS_OF=…)
	@echo
	@echo "The warehouse   build/warehouse.duckdb"
	@echo "The charts      build/charts/"
	@echo "The factsheets  build/factsheets/"

# Made in one go with the warehouse, nothing is made from an older one; alone, they
# take the one that is there.
ifneq ($(filter build warehouse,$(MAKECMDGOALS)),)
charts factsheet export site dashboard: warehouse
endif

warehouse: $(INSTALLED)  ## Build and test the warehouse, then publish it
	@mkdir -p build/dev
	$(call VARS,vars=$$($(RUN)/python -c '$(DUMP_VARS)') && )$(RUN)/dbt build$(call VARS, --vars "$$vars")
	$(RUN)/python scripts/publish.py

charts: $(INSTALLED)  ## Draw the four figures of TERRITORY, its region and France
	$(RUN)/python scripts/render_charts.py $(SHEET)

factsheet: $(INSTALLED)  ## Set the factsheet of TERRITORY, PDF and HTML
	$(RUN)/python scripts/render_factsheets.py $(SHEET)

export: $(INSTALLED)  ## Write the marts as CSV and Parquet with a Data Package
	$(RUN)/python scripts/export_marts.py

site: $(INSTALLED)  ## Make the static site of YEAR in build/site/, both languages
	$(RUN)/python scripts/build_site.py $(if $(year),--year="$$year")

dashboard: $(DASHBOARD_INSTALLED)  ## Superset with a dashboard of the marts, on PORT=8088 of this machine
	@$(DASHBOARD)/bin/python dashboard/server.py --port="$$port"

$(DASHBOARD_INSTALLED): dashboard/requirements.lock
	@"$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' || { echo "Superset needs Python 3.11 or 3.12: make dashboard PYTHON=python3.12" >&2; exit 2; }
	@echo "Installing Superset into $(DASHBOARD): some minutes, 900 MB …"
	"$$python" -m venv $(DASHBOARD)
	$(DASHBOARD)/bin/python -m pip install --disable-pip-version-check --quiet --require-hashes --no-deps -r dashboard/requirements.lock
	@touch $@

fetch: $(INSTALLED)  ## Download the official files of YEARS="2023 2024" into data/customs
	@case "$$years" in '' | *[!0-9\ ]*) echo 'Which years? make fetch YEARS="2023 2024"' >&2; exit 2;; esac
	$(RUN)/python scripts/fetch_customs.py --years $$years

sample: $(INSTALLED)  ## Make the bundled simulated sample again
	$(RUN)/python scripts/simulate_customs.py

spark: $(SPARK_INSTALLED)  ## The same with Apache Spark: build, test, publish (CUSTOMS_DIR=… AS_OF=…)
	$(RUN)/commerce spark $(if $(customs_dir),--customs-dir="$$customs_dir") $(if $(as_of),--as-of="$$as_of")

parity: $(SPARK_INSTALLED)  ## Both engines on the same files: are all marts the same? (CUSTOMS_DIR=… AS_OF=…)
ifeq ($(customs_dir),)
	$(RUN)/python -m pytest tests/spark --with-sample
else
	$(RUN)/commerce parity --customs-dir="$$customs_dir" $(if $(as_of),--as-of="$$as_of")
endif

# The tests of a file run in one process: what it builds is built once. (Groups of
# pytest-xdist 3.8, `loadgroup`, are not seen by pytest 9.2.)
override PYTEST := $(RUN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

check: lint  ## lint and the unit tests: no warehouse, no browser
	$(PYTEST) tests/unit

test: $(INSTALLED)  ## dbt build with its tests, then all of pytest, on every core
	$(RUN)/dbt build --warn-error
	$(PYTEST) --sample="$${COMMERCE_WAREHOUSE:-build/dev/warehouse.duckdb}"

ci-slim: $(INSTALLED)  ## Build and test what changed since BASE (the last commit), and what stands on it
	rm -rf build/dev/base && mkdir -p build/dev/base
	git archive --format=tar "$$base" | tar -x -C build/dev/base
	cd build/dev/base && ../../../$(RUN)/dbt parse --quiet
	$(RUN)/dbt build --select state:modified+ --state build/dev/base/target

mutants: $(INSTALLED)  ## Break twenty rules in SQL, one at a time: is each noticed?
	$(RUN)/python tests/mutants.py

lint: $(INSTALLED)  ## ruff, mypy, import-linter, sqlfluff, dbt-bouncer, mf
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy src
	$(RUN)/lint-imports --no-cache --no-logo
	COMMERCE_WAREHOUSE=:memory: $(RUN)/sqlfluff lint --processes 0 models tests
	$(RUN)/dbt parse --quiet
	$(RUN)/dbt-bouncer run --config-file dbt-bouncer.yml
	COMMERCE_WAREHOUSE=:memory: $(RUN)/mf validate-configs --skip-dw

docs: $(INSTALLED)  ## The data dictionary as one page, target/static_index.html
	$(RUN)/dbt docs generate --static
	@echo "Open target/static_index.html"

override PIP_COMPILE = $(RUN)/pip-compile --quiet --generate-hashes --allow-unsafe --no-strip-extras --no-header --no-annotate --no-emit-options

lock: $(INSTALLED)  ## Resolve pyproject.toml anew into requirements.lock
	@mkdir -p build
	$(RUN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["dev"], sep="\n")' > build/dev.in
	$(PIP_COMPILE) --extra mcp --output-file requirements.lock pyproject.toml build/dev.in
	$(PIP_COMPILE) --extra spark --constraint requirements.lock --output-file requirements-spark.lock pyproject.toml
	cd ./benchmarks && ../$(PIP_COMPILE) --output-file requirements.lock requirements.in
	cd ./dashboard && ../$(PIP_COMPILE) --output-file requirements.lock requirements.in

clean:  ## Delete the outputs and dbt's work files
	rm -rf build/charts build/factsheets build/export build/semantics.json build/site build/warehouse.duckdb* build/.warehouse.duckdb* build/dev/*.duckdb* build/dev/unpacked build/dev/base build/spark build/parity build/cache build/dev.in target logs
