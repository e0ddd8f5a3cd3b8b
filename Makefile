# `make run` is all a newcomer needs; docs/operations.md describes the rest.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := run
MAKEFLAGS += --no-print-directory

VENV ?= .venv
PYTHON := $(VENV)/bin/python
LOCK := requirements-dev.txt
# The environment is made anew when the lock changes: the file's name holds the lock's checksum.
READY := $(VENV)/.installed-$(shell cksum < $(LOCK) 2>/dev/null | cut -d ' ' -f 1)
# Formatters and linters see what git sees, generated and ignored files not.
LIST := git ls-files --cached --others --exclude-standard
# What a real installation sets; nothing connects to any of it.
PRODUCTION := DEBUG=0 SECRET_KEY="$$(head -c 60 /dev/urandom | base64 -w 0)" \
	SEALING_KEYS="$$(head -c 32 /dev/urandom | base64 | tr '+/' '-_')" ALLOWED_HOSTS=clinic.example.org SITE_URL=https://clinic.example.org \
	DATABASE_URL=postgresql://clinic@localhost/clinic EMAIL_URL=smtp://mail.example.org

.PHONY: run serve admin test races proofs check format bench lock

run: $(READY)  ## The site with starter content, on http://127.0.0.1:8000 (PORT changes it)
	@DEBUG=1 exec $(PYTHON) manage.py serve --seed

serve: $(READY)  ## The site as in production: DEBUG off, against DATABASE_URL
	@DEBUG=0 exec $(PYTHON) manage.py serve

admin: $(READY)  ## A staff account for the site that `make run` serves, or DATABASE_URL names
	@DEBUG=1 exec $(PYTHON) manage.py createsuperuser

# One process for each core; a file stays in one, as its tests may share what is dear to make. The
# tests say in what order (tests/conftest.py): by their number alone, the slowest would come last.
SPREAD := --numprocesses auto --maxprocesses 8 --dist loadfile --no-loadscope-reorder

test: $(READY)  ## All tests; ARGS="tests/booking -k slots" runs some
	@chromium="$$(.ci/find-chromium)"; CHROMIUM="$$chromium" $(PYTHON) -m pytest $(SPREAD) $(ARGS)

races: $(READY)  ## Two hundred people at once, twenty times in every way that time can be taken
	@RACE_ROUNDS=20 $(PYTHON) -m pytest tests/booking/test_races_of_many.py tests/booking/test_waitlist_races.py $(ARGS)

proofs: $(READY)  ## Over a thousand drawn clinics, and hundreds of courses of events, instead of some dozens
	@PROOF_ROUNDS=50 $(PYTHON) -m pytest tests/booking/test_two_way.py tests/booking/test_stateful.py $(ARGS)

check: $(READY)  ## Formatters, linters, types, migrations, deployment, templates
	$(PYTHON) -m ruff format --check --quiet .
	$(PYTHON) -m ruff check --quiet .
	$(LIST) '*.html' | xargs $(VENV)/bin/djade --check --target-version 6.1
	$(LIST) '*.py' | xargs $(VENV)/bin/django-upgrade --check --target-version 6.1
	DEBUG=1 $(PYTHON) -m mypy .
	DEBUG=1 $(PYTHON) manage.py makemigrations --check --dry-run
	DEBUG=1 $(PYTHON) manage.py check_templates
	$(PRODUCTION) $(PYTHON) manage.py check --deploy --fail-level WARNING

format: $(READY)  ## Rewrites files as `check` wants them
	$(PYTHON) -m ruff format --quiet .
	$(PYTHON) -m ruff check --quiet --fix .
	$(LIST) '*.html' | xargs $(VENV)/bin/djade --target-version 6.1

bench: $(READY)  ## The benchmarks, beside what they are compared to
	@DEBUG=1 exec $(PYTHON) -m bench $(ARGS)

# The lock names packages and hashes only: no index, no folder, nothing of the machine that made it.
PIP_COMPILE := $(VENV)/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

lock: $(READY)  ## The lock from pyproject.toml; ARGS=--upgrade takes newer releases
	$(PIP_COMPILE) $(ARGS) --output-file requirements.txt pyproject.toml
	$(PIP_COMPILE) $(ARGS) --extra dev --constraint requirements.txt --output-file $(LOCK) pyproject.toml

$(READY): $(LOCK)
	@.ci/make-venv $(VENV) $(LOCK)
	@rm -f $(VENV)/.installed-*
	@touch $@
