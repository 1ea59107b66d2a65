# This file holds only the verbs; `make help` lists them. The code behind them is in pipeline/ and stages/.
PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/python -m pipeline
SUPPLY := .venv/supply/bin
INSTALL := pip install --quiet --disable-pip-version-check
LOCK := $(SUPPLY)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header -c constraints.txt
# A stage's verb is SYSTEM-FILE, or FILE alone for the systems that stages/__init__.py lists as SHORT.
STAGE_FILES := $(basename $(subst /,-,$(patsubst stages/%,%,$(wildcard stages/[a-z]*/[a-z]*.py))))
STAGES := $(sort $(patsubst danmaku-%,%,$(patsubst pictures-%,%,$(STAGE_FILES))))
# The verb of a sister system does all of its work.
SYSTEMS := $(filter-out danmaku pictures,$(notdir $(patsubst %/__init__.py,%,$(wildcard stages/*/__init__.py))))

# The driver reads these from the environment, so file names need no quoting here and make expands none.
GIVEN := VIDEO PICTURES LABELS STREAM COMMENTS BROADCAST CUTS MODEL SET FORMAT OF VIEWERS AT CONFIG WORKDIR PROFILE \
	WAIT URL LIMIT SINCE QUERY MODELS
export $(GIVEN)
$(foreach name,$(GIVEN),$(eval override $(name) := $$(value $(name))))

# A word that is neither a verb nor a variable is probably a typo and is reported before anything runs.
VERBS := $(STAGES) $(SYSTEMS) all help demo captions-demo translation-demo faces-demo illustrations-search translation-sizes compare fetch setup test test-avx2 chaos lint bench plan models doctor \
	clean lock audit sbom
SET_UP := .venv/bin/python .venv/run .venv/fetch .venv/dev .venv/locked .venv/supply/ready
OURS := $(GIVEN) PYTHON BIN LOCKED RUN SUPPLY INSTALL LOCK STAGES SYSTEMS VERBS SET_UP GIVEN OURS ALONE
ON_COMMAND_LINE := $(foreach name,$(.VARIABLES),$(if $(findstring command,$(origin $(name))),$(name)))
NO_VERBS := $(filter-out $(VERBS) $(SET_UP),$(MAKECMDGOALS))
NOT_OURS := $(filter-out $(OURS) MAKE%,$(ON_COMMAND_LINE))
quoted = '$(subst ','\'',$(1))'
ifneq ($(strip $(NO_VERBS)$(NOT_OURS)),)
SLIP := $(shell $(PYTHON) -m pipeline.runtime.spelling $(call quoted,$(VERBS)) $(call quoted,$(NO_VERBS)) \
	$(call quoted,$(GIVEN) PYTHON LOCKED) $(call quoted,$(NOT_OURS)))
$(if $(SLIP),$(error $(SLIP)))
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: $(VERBS)

help: ## list the verbs
	@echo 'make VERB [VIDEO=path/to/ep1.mp4 or a folder] [COMMENTS=path] [CONFIG=configs/default]'
	@echo '          [PICTURES=path/to/folder instead of VIDEO] [LABELS=path]'
	@echo '          [BROADCAST=2012-04-28T03:00+09:00] [CUTS=10:00-11:30] [WORKDIR=workdir]'
	@echo '          [STREAM=1: which of several picture streams; auto: the one players choose]'
	@echo '          [PROFILE=local|ci|slurm|kubernetes] [WAIT=1]'
	@echo '          [SET="render.viewers=halves frames.fps=4": any settings, for this run only]'
	@echo '          Without VIDEO, a verb works on the videos in the settings file.'
	@echo 'make render|overlay|stills|export VIDEO=… [OF=comments|generated|captions] [FORMAT=…]'
	@echo '     render [VIEWERS=layers|halves], stills [AT=1:05,83.5]: short forms of SET=render.viewers=… etc.'
	@echo 'make fetch URL=… [LIMIT=20000] [SINCE=2012-04-28]'
	@echo 'make illustrations-search QUERY="cat.png tag:night" [PICTURES=…] [LIMIT=50]'
	@echo 'make compare VIDEO=… [MODELS=a,b]'
	@echo 'make clean VIDEO=… or MODEL=name'
	@echo
	@awk -F ':.*## ' '/^[a-z$$].*:.*## / { sub(/\$$\(STAGES\)/, "STAGE", $$1); \
		sub(/\$$\(SYSTEMS\)/, "SYSTEM", $$1); \
		printf "  %-22s%s\n", $$1, $$2 }' Makefile
	@echo
	@echo 'SYSTEM is one of: $(SYSTEMS)'
	@echo 'STAGE is one of: $(STAGES)'

captions-demo: .venv/run ## draw two albums of a show, learn the jokes of one, write jokes for the other
	@$(RUN) captions-demo

translation-demo: .venv/run ## draw an album of a show in four lights, learn them, and show others so
	@$(RUN) translation-demo

faces-demo: .venv/run ## draw two albums of a show, learn faces and a taste from one, rank another
	@$(RUN) faces-demo

demo: .venv/run ## draw two episodes of a show, learn from one, comment on the other
	@$(RUN) demo

all: .venv/run ## update everything that people open: annotated videos and reports
	@$(RUN) all

$(SYSTEMS): .venv/run ## do the whole work of a system, and make its page
	@$(RUN) $@

$(STAGES): .venv/run ## update a stage's output and everything it needs
	@$(RUN) $@

illustrations-search: .venv/run ## find pictures like QUERY, with its tags, or between two
	@$(RUN) illustrations-search

translation-sizes: .venv/run ## learn to translate from a sixteenth, a quarter and all of PICTURES, and draw the difference
	@$(RUN) translation-sizes

compare: .venv/run ## compare MODELS, or all that have commented on VIDEO, on a page
	@$(RUN) compare

fetch: .venv/fetch ## download a video and its comments from URL to workdir/fetched
	@$(RUN) fetch

plan: .venv/run ## print what would run, and why
	@$(RUN) plan

models: .venv/run ## list the models, what they learned from and how well
	@$(RUN) models

doctor: .venv/run ## check this machine and say how to fix what is missing
	@$(RUN) doctor

clean: .venv/run ## remove what was made from VIDEO or from all videos in the settings, or MODEL
	@$(RUN) clean

test: .venv/dev ## run the tests
	@$(BIN)/python -m pytest -n auto --dist worksteal

# torch and numpy may compute other last digits on a processor with AVX2 and without AVX-512.
test-avx2: .venv/dev ## run the tests of networks as on a processor without AVX-512
	@ONEDNN_MAX_CPU_ISA=AVX2 ATEN_CPU_CAPABILITY=avx2 MKL_ENABLE_INSTRUCTIONS=AVX2 \
		OPENBLAS_CORETYPE=Haswell $(BIN)/python -m pytest -n auto --dist worksteal \
		tests/captioning tests/learning tests/pictures tests/stages/test_features.py tests/runtime/test_numerics.py

chaos: .venv/dev ## inject faults into runs, and start many drivers at once in one workdir
	@$(BIN)/python -m tests.chaos

lint: .venv/dev ## check types, style, import rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: .venv/dev ## run all of benchmarks/: compare with peers and hardware limits
	@set -e; for file in benchmarks/[!_]*.py; do \
		$(BIN)/python -m benchmarks.$$(basename $$file .py); done

setup: $(if $(LOCKED),.venv/locked,.venv/run) ## make the virtual environment; LOCKED=1 checks files by hash

lock: .venv/supply/ready ## update the locked files from pyproject.toml and constraints.txt
	@$(LOCK) --extra learn --extra fetch --extra map --extra faces pyproject.toml -o locked.txt
	@printf '%s\n' editables hatchling setuptools | $(LOCK) - -o locked-build.txt

audit: .venv/run .venv/supply/ready ## look for known vulnerabilities in the locked packages
	@$(BIN)/python -m pipeline.setup.audit

sbom: .venv/run .venv/supply/ready ## list what is installed as CycloneDX, in workdir/sbom.json
	@$(SUPPLY)/cyclonedx-py environment --output-reproducible --validate \
		--pyproject pyproject.toml -o workdir/sbom.json $(BIN)/python

.venv/run: pyproject.toml constraints.txt | .venv/bin/python
.venv/fetch .venv/dev: .venv/run
.venv/locked: pyproject.toml locked.txt locked-build.txt | .venv/bin/python
.venv/supply/ready: Makefile | .venv/bin/python

# Two calls at once would corrupt .venv, so they queue, and each checks again what is missing.
ifndef ALONE
$(SET_UP):
	@ALONE=1 $(PYTHON) pipeline/setup/run_exclusively.py $(MAKE) --silent --no-print-directory $@
else
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or later is needed: make PYTHON=python3.11 …' >&2; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/run:
	@echo 'Setting up .venv (only once; takes some minutes) …'
	@$(BIN)/$(INSTALL) -c constraints.txt -e '.[learn,map,faces]'
	@touch $@

.venv/fetch:
	@$(BIN)/$(INSTALL) -c constraints.txt -e '.[learn,fetch,map,faces]'
	@touch $@

.venv/dev:
	@$(BIN)/$(INSTALL) -c constraints.txt -e '.[dev]'
	@touch $@

.venv/locked:
	@echo 'Setting up .venv by hash (only once; takes some minutes) …'
	@$(BIN)/$(INSTALL) --require-hashes -r locked-build.txt
	@$(BIN)/$(INSTALL) --require-hashes --no-build-isolation -r locked.txt
	@$(BIN)/$(INSTALL) --no-build-isolation --no-deps -e .
	@touch .venv/run .venv/fetch $@

# These tools get their own environment, so that they do not appear in what they report on.
.venv/supply/ready:
	@$(PYTHON) -m venv .venv/supply
	@$(SUPPLY)/$(INSTALL) cyclonedx-bom==7.5.0 pip-audit==2.10.1 uv==0.13.9
	@touch $@
endif
