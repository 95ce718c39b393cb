# Everything happens in .venv; `make demo` on a fresh machine makes it first.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
# Which Python makes the .venv; by default the first of these that will do.
PYTHON ?= python3.13 python3.12 python3.11 python3
# Some of the tests only: make test ARGS="-k album"
ARGS ?=

.PHONY: help install demo test coverage check bench crash screenshots requirements clean

help:
	@echo 'make demo         the bot and a chat page on this machine: no token, no account'
	@echo 'make install      .venv with everything in it'
	@echo 'make test         all tests              make check        format, lint, types, catalogues, migrations'
	@echo 'make coverage     how much of the code the tests reach, at least 90%'
	@echo 'make bench        benchmarks             make crash        kill the bot fifty times, lose nothing'
	@echo 'make screenshots  pictures of the page   make requirements pin the dependencies anew'
	@echo 'make clean        throw away what was made; the data stay'

install: $(VENV)/.installed

$(VENV)/.installed: requirements-dev.txt pyproject.toml
	@python=; old=; bare=; \
	for candidate in $(PYTHON); do \
	  version=$$("$$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2], sys.version_info >= (3, 11))' \
	    2>/dev/null) || continue; \
	  case $$version in *True) ;; *) old="$$candidate is $${version% *}"; continue ;; esac; \
	  if "$$candidate" -c 'import ensurepip, venv' 2>/dev/null; then python=$$candidate; break; fi; \
	  bare=$${bare:-$$candidate}; \
	done; \
	if [ -z "$$python" ]; then \
	  if [ -n "$$bare" ]; then \
	    echo "Missing: the venv module of $$bare. On Debian or Ubuntu: apt-get install python3-venv" >&2; \
	  else \
	    echo "Missing: Python 3.11 or newer$${old:+ ($$old)}. On Debian or Ubuntu: apt-get install python3" \
	      "python3-venv; or name one: make PYTHON=/path/to/python3" >&2; \
	  fi; \
	  exit 1; \
	fi; \
	if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  echo "Making $(VENV) with $$python; this takes a minute or two, once."; \
	  "$$python" -m venv $(VENV); \
	fi
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: install
	@exec $(BIN)/buurtpraat demo

# What measures itself against the clock, a browser and processes that are killed, has the machine to itself.
ALONE := tests/test_broadcast_faults.py tests/test_crash.py tests/test_demo_browser.py tests/simulator/test_browser.py
PYTEST := $(BIN)/python -m pytest
# On a busy machine somebody waits too short now and then. What fails twice, fails.
ONCE_MORE := { [ $$? -eq 1 ] && echo 'Once more, one at a time, what failed:' && $(PYTEST) --last-failed; }
# They wait for HTTP and the clock half of the time: four at once keep two cores busy.
TOGETHER := $(PYTEST) -n 4 $(ALONE:%=--ignore=%)

test: install
ifdef ARGS
	$(PYTEST) $(ARGS)
else
	$(TOGETHER) || $(ONCE_MORE)
	$(PYTEST) $(ALONE) || $(ONCE_MORE)
endif

# Tracing each line takes two and a half times as long, so it is a run of its own.
coverage: install
	$(TOGETHER) --cov --cov-fail-under=0 --cov-report=
	$(PYTEST) $(ALONE) --cov --cov-append

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m tests.check_catalogues
	$(BIN)/python -m tests.check_plain_dutch
	$(BIN)/python -m tests.check_migrations
	$(BIN)/hadolint Dockerfile

bench: install
	$(BIN)/python -m tests.bench

crash: install
	$(BIN)/python -m tests.crash --kills 50

screenshots: install
	$(BIN)/python -m tests.screenshots

# The pins are made with Python 3.11, the oldest that will do; they hold for the newer ones too. No address of a
# package index goes into them.
PIN := CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe \
	--strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

requirements:
	$(PIN) --upgrade --output-file requirements.txt pyproject.toml
	$(PIN) --upgrade --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml
	! grep -nE '://|^ *--?(i|f|index-url|extra-index-url|find-links|trusted-host) ' requirements.txt requirements-dev.txt

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.* htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
