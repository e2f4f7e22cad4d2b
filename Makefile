# laadplan: `make demo` and `make test` are all a fresh machine needs (Python 3.11 or newer with pip and venv, and make).
# The environment lies in .venv/ and is rebuilt from requirements.lock and package-lock.json when one of them changes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
EXAMPLE := voorbeeld
DEMO := maps/demo
DEMO_DATE := 2027-01-01
DEMO_INHABITANTS := 2000
DEMO_SEED := 1
PYTEST_ARGS ?=
EACH ?= 10000
WORKERS ?= auto
MERMAID := docs/assets/mermaid.tiny.js
NPM_QUIET := --ignore-scripts --no-audit --no-fund --loglevel=error

.DEFAULT_GOAL := setup
.PHONY: setup help demo test fuzz check lint format render docs plankaart clean lock FORCE

setup: $(STAMP) ## build the environment in .venv/ (what `make` alone does)

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: $(STAMP) ## make the invented demo town and its plankaart in maps/demo/
	$(BIN)/laadplan demo $(DEMO)/bronnen --inhabitants $(DEMO_INHABITANTS) --seed $(DEMO_SEED) --force
	$(BIN)/laadplan run $(DEMO)/bronnen/laadplan.yaml --out $(DEMO) --date $(DEMO_DATE)
	@echo "The plankaart of the demo town: $(DEMO)/plankaart.html (open in a browser), $(DEMO)/plankaart.gpkg (QGIS), $(DEMO)/plankaart.xlsx"

test: $(STAMP) ## run all tests
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup $(PYTEST_ARGS)

fuzz: $(STAMP) ## read ten thousand spoiled deliveries per format (EACH=10000; takes long)
	$(BIN)/python -m tests.fuzz --each $(EACH) --results benchmarks/results/fuzz.json

check: lint ## ruff, mypy, import-linter and the fast tests, in about a minute
	$(BIN)/pytest -q -n $(WORKERS) --dist loadgroup -m "not slow and not real" $(PYTEST_ARGS)

lint: $(STAMP) ## ruff, mypy (strict on the pure rooms) and import-linter
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --cache-dir .cache/import-linter

format: $(STAMP) ## let ruff lay out the code and mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

render: $(STAMP) ## rewrite what is made from the code: default config, schema, reference pages
	$(BIN)/python -m laadplan.cli.render
	$(BIN)/python -m benchmarks table

docs: $(STAMP) ## build the documentation into site/ (a broken link fails)
	@mkdir -p $(dir $(MERMAID))
	@cp node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js $(MERMAID)
	$(BIN)/zensical build --clean --strict --config-file mkdocs.yml
	@echo "The documentation: site/index.html"

plankaart: $(STAMP) ## make the plankaart of one config: make plankaart CONFIG=configs/otterlo.yaml
	@test -n "$(CONFIG)" || { echo "Say which municipality: make plankaart CONFIG=configs/otterlo.yaml" >&2; exit 2; }
	$(BIN)/laadplan run $(CONFIG)

clean: ## remove what was built: environment, caches, site, maps/ (the example and registers/ stay)
	rm -rf $(VENV) node_modules site .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist build
	rm -rf laadplan/publish/assets/leaflet $(MERMAID)
	@find laadplan tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
	@test ! -d maps || find maps -mindepth 1 -maxdepth 1 ! -name $(EXAMPLE) ! -name README.md -exec rm -rf {} +

lock: $(STAMP) ## renew requirements.lock and package-lock.json (hashes, no addresses)
	$(BIN)/uv pip compile --universal --upgrade --generate-hashes --python-version 3.11 --extra dev --no-header --quiet pyproject.toml --output-file requirements.lock
	PATH="$(CURDIR)/$(BIN):$$PATH" npm update --package-lock-only --omit-lockfile-registry-resolved $(NPM_QUIET)

# uv installs the same locked wheels in a tenth of pip's time; it comes from the lock itself, and pip takes over where it
# cannot work. Libraries are byte-compiled once here, because where PYTHONDONTWRITEBYTECODE is set every process would otherwise
# compile them again. The stamp holds the folder's path: an environment does not survive a move.
$(STAMP): pyproject.toml requirements.lock package.json package-lock.json hatch_build.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "laadplan needs Python 3.11 or newer. Name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "This Python cannot make a virtual environment. On Debian or Ubuntu: apt install python3-venv. Or name another: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Building the environment in $(VENV)/ ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@awk '/^[^ #]/ {wanted = /^uv==/} wanted' requirements.lock > $(VENV)/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r $(VENV)/uv.lock \
		&& $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements.lock \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci $(NPM_QUIET)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q -j 0 $(VENV)/lib
	@echo "Compiling the loops of the optimiser and the walks, which takes a minute ..."
	@$(BIN)/python -m laadplan.pipeline.warm
	@printf '%s' "$(CURDIR)" > $@
	@echo "Ready: $(BIN)/laadplan"

ifneq ($(shell cat $(STAMP) 2>/dev/null),$(CURDIR))
$(STAMP): FORCE
endif
