# make run, make test, make check: everything a developer needs; make help lists the rest.
# Python 3.11 and make suffice.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
# Two engines, one suite. Warnings are errors, the order is random, the network is closed
# (pyproject.toml); tests of one module stay together on one of the two workers.
PYTEST := $(PY) -m pytest -n 2
# Rules, rights and every reader's address in the small world of the tests: no real data, no
# browser, one engine.
QUICK := tests/regions/test_folding.py tests/regions/test_plain_text.py tests/units/test_codes.py \
	$(addprefix tests/pathways/test_,completeness.py content.py differences.py directory.py \
	revisions.py in_force.py layout.py permissions.py retracting.py reviews.py sources.py states.py \
	withdrawals.py) tests/editing/rights/test_rights_readers.py
COMPILE := $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --upgrade pyproject.toml

.PHONY: help run test quick test-streets check format messages lock bench guide-pictures unchanged image

## List these commands.
help:
	@awk '/^## / {text = substr($$0, 4)} \
		/^[a-z-]+:/ && text {sub(":.*", ""); printf "make %-15s %s\n", $$0, text; text = ""}' \
		$(MAKEFILE_LIST)

## Serve the site on this machine, with the data of fixtures/. Keeps what is in the database.
run: $(VENV)/.runtime
	@DEBUG=1 $(PY) manage.py bootstrap
	@echo "http://127.0.0.1:$(PORT)"
	@DEBUG=1 SECRET_KEY="$${SECRET_KEY:-only-for-make-run}" \
		exec $(PY) manage.py runserver 127.0.0.1:$(PORT)

## Run every test on SQLite, and on PostgreSQL what it decides when TEST_DATABASE_URL is set.
test: $(VENV)/.dev
	@if [ "$$CI" = true ] && [ -z "$$TEST_DATABASE_URL" ]; then \
		echo "TEST_DATABASE_URL is not set: in CI the tests run on PostgreSQL too."; exit 1; fi
	@set -e; cpu() { times >$(VENV)/.times; $(CPU_SECONDS) $(VENV)/.times; }; trap cpu EXIT; \
	echo "== tests on SQLite"; \
	DATABASE_URL= $(PYTEST) $(ARGS); \
	if [ -n "$$TEST_DATABASE_URL" ]; then \
		echo "== tests on PostgreSQL"; \
		DATABASE_URL="$$TEST_DATABASE_URL" $(PYTEST) $(ARGS); \
		echo "== passed on SQLite and PostgreSQL"; \
	else \
		echo "== passed on SQLite; PostgreSQL not run: TEST_DATABASE_URL is not set"; fi

# The second line that `times` writes is of everything that was run, as 1m2.34s 0m5.67s.
CPU_SECONDS := awk 'NR == 2 {split($$1 "m" $$2, t, "[ms]+"); \
	printf "== %d s of CPU\n", 60 * t[1] + t[2] + 60 * t[3] + t[4]}'

## Run a part of the tests in half a minute, while you work.
quick: $(VENV)/.dev
	@DATABASE_URL= $(PYTEST) -q $(QUICK)

## Type every street of the register without its postcode: 113,130 of them, in every way (an hour).
test-streets: $(VENV)/.dev
	EVERY_STREET=1 DATABASE_URL= $(PYTEST) tests/regions/test_every_street.py

## The one definition of clean.
check: $(VENV)/.dev
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/djlint --quiet --lint templates
	DEBUG=1 $(PY) manage.py makemigrations --check --dry-run
	SECRET_KEY=$$($(PY) -c "import secrets; print(secrets.token_urlsafe(50))") \
		ALLOWED_HOSTS=example.org $(PY) manage.py check --deploy --fail-level WARNING
	.ci/translations
	$(VENV)/bin/lint-imports --no-cache --no-logo

## Put every file into the one format, and repair what can be repaired.
format: $(VENV)/.dev
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

## Collect the texts of the code into the catalogues, and compile what is translated.
messages: $(VENV)/.dev
	DEBUG=1 $(PY) manage.py makemessages --all --no-location --no-obsolete --ignore '.*'
	DEBUG=1 $(PY) manage.py compilemessages --ignore '.*'

## Renew both locks: what the site needs, and that plus what its developers need.
lock: $(VENV)/.dev
	$(COMPILE) --output-file requirements.txt
	$(COMPILE) --group dev --constraint requirements.txt --output-file requirements-dev.txt

## Measure the answer page (docs/performance.md).
bench: $(VENV)/.dev
	$(PY) bench/answer_page.py

## Take the pictures of docs/editors-guide.md anew, in this machine's Chromium.
guide-pictures: $(VENV)/.dev
	$(PY) -m pytest -q tests/journeys/guide_pictures.py

## Say what readers, programs and editors are told otherwise than at a commit: BEFORE=9c782d4.
unchanged: $(VENV)/.dev
	@test -n "$(BEFORE)" || { echo "Name a commit: make unchanged BEFORE=9c782d4"; exit 2; }
	@scratch=$$(mktemp -d) && trap "git worktree remove --force $$scratch/tree; rm -rf $$scratch" EXIT && \
		git worktree add --quiet --detach "$$scratch/tree" "$(BEFORE)" && \
		$(PY) -m tests.unchanged record "$$scratch/before" --tree "$$scratch/tree" $(ARGS) && \
		$(PY) -m tests.unchanged record "$$scratch/after" $(ARGS) && \
		$(PY) -m tests.unchanged compare "$$scratch/before" "$$scratch/after"

## Build the container image.
image:
	docker build --tag udredningsvejviseren .

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
		echo "Python cannot make virtual environments (on Debian: apt install python3-venv)."; \
		rm -rf $(VENV); exit 1; }

$(VENV)/.runtime: requirements.txt | $(PY)
	@echo "Installing what requirements.txt locks ..."
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(PY)
	@echo "Installing what requirements-dev.txt locks ..."
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime
