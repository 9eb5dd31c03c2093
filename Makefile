# Casethread's commands. `make run` and `make test` are all a newcomer needs.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
MANAGE := $(PY) manage.py
PORT ?= 8000

.PHONY: setup run test check bench soak lock clean

LOCALE := platform/casework/locale
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard $(LOCALE)/*/LC_MESSAGES/django.po))

setup: $(VENV)/.installed node_modules/.installed build/css/casework.css $(CATALOGUES)  ## everything that runs and tests need

$(VENV)/.installed: requirements.txt requirements-dev.txt
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt -r requirements-dev.txt
	touch $@

node_modules/.installed: package.json package-lock.json
	npm ci --silent --no-fund --no-audit
	touch $@

build/css/casework.css: node_modules/.installed $(wildcard platform/casework/web/styles/*.scss)
	npm run --silent build
	mkdir -p build/collected  # WhiteNoise warns where it is missing
	touch $@

%.mo: %.po $(VENV)/.installed
	$(VENV)/bin/pybabel --quiet compile --input-file $< --output-file $@

run: setup  ## the product with its demo: prints addresses and log-ins
	$(MANAGE) run_demo --port $(PORT)

test: setup  ## every test; browser tests where Chromium is found
	node --test tests/js/*.test.js
	$(PY) -m pytest -n 2 --dist loadscope $(TESTS)

check: setup  ## lint, types, import contracts, Django's own checks
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	PYTHONPATH=.:platform $(VENV)/bin/lint-imports
	$(VENV)/bin/mypy
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) check

bench: setup  ## costs as ratios, in one run (see docs/evidence)
	$(PY) -m tests.bench

soak: setup  ## the full counts that the evidence names; takes long
	$(PY) -m tests.soak

lock:  ## write requirements*.txt and package-lock.json anew from what is asked for
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header requirements.in -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header requirements-dev.in -o requirements-dev.txt
	npm install --package-lock-only --omit-lockfile-registry-resolved

clean:  ## what was built; the database and files in var/ stay
	rm -rf build $(VENV) node_modules
