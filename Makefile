# The words of this project. CI and pre-commit call these too, so there is one truth.

.DEFAULT_GOAL := help
.NOTPARALLEL:

# The environment's own Python, and the port of the demo's page.
RUN := .venv/bin/python
PORT ?= 8000
MINUTES ?= 1
SEED ?=
JOBS ?=
REPLAY ?=
# More for pytest, as in: make test ARGS='tests/engine -k detach'
ARGS ?=
# The whole suite goes to three processes: half of it waits for real servers. What file
# goes first is said by tests/conftest.py; xdist would take the one of most tests.
WHOLE := --numprocesses 3 --dist loadfile --no-loadscope-reorder
UPGRADE ?=
PAIRS ?=
THROTTLE ?=
KILL ?=

.PHONY: help setup demo test check fix sim bench

help: ## Say what each word does
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-7s %s\n", $$1, $$2}' Makefile

setup: ## Make .venv from the hashed lock (PYTHON=/path picks the Python)
	@sh make/environment.sh dev

demo: ## Start everything on this machine, with a simulated EC2 (PORT=8000)
	@sh make/environment.sh base
	@exec $(RUN) make/interruptible.py manage.py demo --port $(PORT)

test: setup ## Run the whole suite (ARGS='tests/engine -k detach')
	@$(RUN) -m pytest $(or $(ARGS),$(WHOLE))

check: setup ## Format, lint, types, imports, templates, migrations, locks, weaknesses, deployment
	@$(RUN) make/check.py

fix: setup ## Mend what a tool can mend; bring the locks in step (UPGRADE=1: newest)
	@$(RUN) make/fix.py $(if $(UPGRADE),--upgrade)

sim: setup ## Simulate crashes, lost replies, rivals (MINUTES=1 SEED=… JOBS=1 REPLAY=…)
	@$(RUN) -m tests.simulation --minutes $(MINUTES) $(if $(SEED),--seed $(SEED)) \
		$(if $(JOBS),--jobs $(JOBS)) $(if $(REPLAY),--replay $(REPLAY))

bench: setup ## Measure: swaps, many at once (PAIRS=500 THROTTLE=api KILL=1), reads (INVENTORY=100000), tables (TABLES=100000)
	@$(RUN) -m tests.bench $(if $(PAIRS),--pairs $(PAIRS)) \
		$(if $(THROTTLE),--throttle $(THROTTLE)) $(if $(KILL),--kill) \
		$(if $(INVENTORY),--inventory $(INVENTORY)) $(if $(TABLES),--tables $(TABLES)) \
		$(if $(DATABASE),--database $(DATABASE)) $(ARGS)
