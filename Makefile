VENV := .venv/bin
PYTEST := $(VENV)/python -m pytest --numprocesses auto --dist loadfile

.DEFAULT_GOAL := report
.PHONY: report demo example test check test-full test-cluster lint bench docs lock setup help

report: setup ## run the default study (config.yaml) and write its report
	$(VENV)/gridproof run

demo: setup ## run the small study of config/demo.yaml
	$(VENV)/gridproof run --configfile config/demo.yaml

example: report ## write docs/example/, and README's pictures and opening, from the default study (needs Chromium)
	$(VENV)/python docs/example.py

test: setup ## run all tests
	$(PYTEST)

check: setup lint ## run the linters and the quick tests
	$(PYTEST) -m "not slow and not full and not cluster"

test-full: setup ## run all tests, with those that take minutes
	$(PYTEST) -m "not cluster"

test-cluster: setup ## run the tests on a real Slurm of this machine (apt install slurmctld slurmd slurm-client munge)
	$(VENV)/python -m pytest --numprocesses 4 --dist worksteal -m cluster tests/cluster

lint: setup ## check form and types: ruff, snakefmt, mypy, hadolint
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/snakefmt --check Snakefile workflow/rules
	$(VENV)/mypy
	$(VENV)/hadolint Containerfile

bench: setup ## measure speed against what a user would run instead; QUICK=1: less of each, in three minutes
	$(VENV)/python benchmarks/bench.py $(if $(QUICK),--quick)

docs: setup ## write config/schema.json and docs/config.md from the declarations of the parts
	$(VENV)/python -m gridproof.config.pages

lock: setup ## choose package versions again, keeping those that still fit, and write requirements.lock and envs/
	$(VENV)/uv pip compile --quiet --universal --fork-strategy fewest --generate-hashes --no-emit-index-url \
		--python-version 3.11 --extra dev pyproject.toml -o requirements.lock
	$(VENV)/python envs/update.py

setup: ## create .venv and install everything into it; options: PYTHON, TORCH, GRIDPROOF_INSTALLER (see setup.sh)
	@sh setup.sh

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile
