# Verbs only; `make help` lists them. Everything they do is in pipeline/ and stages/.
PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/python -m pipeline
STAGES := $(basename $(notdir $(filter-out stages/_%,$(wildcard stages/*.py))))

# The driver reads these itself, so that file names need no quoting here.
export VIDEO COMMENTS BROADCAST CUTS FORMAT OF VIEWERS AT CONFIG WORKDIR WAIT
export URL MOST SINCE

.DEFAULT_GOAL := help
.PHONY: help demo fetch setup test lint bench plan doctor clean $(STAGES)

help: ## list the verbs
	@echo 'make VERB [VIDEO=path/to/ep1.mp4] [COMMENTS=path] [CONFIG=configs/default.yaml]'
	@echo '          [WORKDIR=workdir] [WAIT=1]   Without VIDEO: the videos in the settings file.'
	@echo 'make render|overlay|moments|export VIDEO=… [OF=comments|generated] [FORMAT=…]'
	@echo '     render [VIEWERS=layers|halves], moments [AT=1:05,83.5]'
	@echo 'make fetch URL=… [MOST=20000] [SINCE=2012-04-28]'
	@echo
	@sed -nE 's/^([a-z|$$()A-Z ]+):.*## (.*)/  \1\t\2/p' $(MAKEFILE_LIST) \
		| sed 's/$$(STAGES)/STAGE/' | expand -t 14
	@echo
	@echo 'STAGE is one of: $(STAGES)'

demo: .venv/run ## make two episodes of a show, learn from one, comment on the other
	@$(BIN)/python -m pipeline.show --folder workdir/show --episode 1 --seconds 240
	@$(BIN)/python -m pipeline.show --folder workdir/show --episode 2 --seconds 90
	@CONFIG=configs/demo.yaml VIDEO= COMMENTS= $(RUN) render report
	@echo 'Watch workdir/nekomachi-02/annotated.mp4; workdir/nekomachi-02/report.html sums it up.'

$(STAGES): .venv/run ## bring a stage's output up to date, with all it needs
	@$(RUN) $@

fetch: .venv/fetch ## download a video and its comments from URL, to workdir/fetched
	@$(RUN) fetch

plan: .venv/run ## what would run, and why
	@$(RUN) plan

doctor: .venv/run ## whether this machine has what it takes, or how to mend it
	@$(RUN) doctor

clean: .venv/run ## remove what was made of VIDEO, or of all videos in the settings
	@$(RUN) clean

test: .venv/dev ## run the tests
	@$(BIN)/python -m pytest -n auto --dist worksteal

lint: .venv/dev ## types, style, import rules, format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: .venv/dev ## measure against peers and ceilings, all of benchmarks/
	@set -e; for file in benchmarks/[!_]*.py; do \
		$(BIN)/python -m benchmarks.$$(basename $$file .py); done

setup: .venv/run ## make the virtual environment and nothing else

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or later is needed: make PYTHON=python3.11 …' >&2; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/run: pyproject.toml constraints.txt | .venv/bin/python
	@echo 'Setting up .venv (once; some minutes) …'
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/fetch: .venv/run
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[fetch]'
	@touch $@

.venv/dev: .venv/run
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@
