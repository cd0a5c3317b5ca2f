# make demo   install into .venv, run the demonstration, say where its page is
# make test   install with the test tools, run the tests   (ARGS="-k tiling", JOBS=4)
# make attack bad input for every verb, damaged files, kills: about 20 minutes
# make fuzz   damaged files for 20 minutes of a processor, those that are news kept in .fuzz
# make mutants  does a test notice when the code is changed? (ARGS="metrics --number 50")
# make coverage  lines that the tests run
# make audit  packages with known weaknesses; needs a network
# make sbom   sbom.json, all that is installed with the program, as CycloneDX
# make lint   style, types and import rules
# make docs   install Sphinx, build the site into docs/_build/html, check the links within it
# make viewer install napari into .venv-viewer, test the plugin in a real window (xvfb-run, if there is no display)
# make walk   click through docs/napari.md in such a window, pictures into .walk; ten minutes at most
#
# On Linux without a GPU, the smaller CPU build of torch is found with
#   make demo TORCH_INDEX=https://download.pytorch.org/whl/cpu

PYTHON ?= python3
VENV ?= .venv
AUDIT ?= .venv-audit
TORCH_INDEX ?=
JOBS ?= 2
ARGS ?=

BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --quiet -c constraints.txt

# The metrics are compared with stardist's; only its `matching` module is used, so it comes
# without the rest of what it asks for.
ORACLE := stardist csbdeep numba llvmlite tqdm six

WINDOW := OMP_NUM_THREADS=1 $(if $(DISPLAY),,xvfb-run -a -s "-screen 0 1600x1000x24")

.PHONY: demo test attack fuzz mutants coverage audit sbom lint docs viewer walk clean

demo: $(VENV)/.demo
	$(BIN)/adgan demo -o demo --overwrite
	@echo "The page to look at: $$(ls $(CURDIR)/demo/*.html)"

test: $(VENV)/.dev
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(JOBS) $(ARGS)

attack: $(VENV)/.dev
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/attack.py $(ARGS)

fuzz: $(VENV)/.dev
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/fuzz.py $(ARGS)

mutants: $(VENV)/.dev
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/mutants.py $(ARGS)

coverage: $(VENV)/.dev
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(JOBS) --cov --cov-report=term $(ARGS)

# What examines the packages is no part of them, and lives beside.
audit: $(AUDIT)/.made
	BIN=$(AUDIT)/bin .ci/audit

sbom: $(AUDIT)/.made $(VENV)/.demo
	$(AUDIT)/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
		--output-file sbom.json $(BIN)/python

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.docs
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build/html
	$(BIN)/python docs/site/links.py docs/_build/html
	@echo "The site: $(CURDIR)/docs/_build/html/index.html"

viewer:
	$(MAKE) VENV=.venv-viewer .venv-viewer/.viewer
	$(WINDOW) .venv-viewer/bin/python -m pytest tests/e2e/test_napari.py $(ARGS)

walk:
	$(MAKE) VENV=.venv-viewer .venv-viewer/.viewer
	$(WINDOW) .venv-viewer/bin/python benchmarks/napari_walk.py -o .walk $(ARGS)

clean:
	rm -rf $(VENV) $(AUDIT) .venv-viewer .walk demo sbom.json docs/_build docs/reference/generated

# torch first and by itself: which build of it comes must not hang on what else is installed.
$(VENV)/.torch: constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) torch
	touch $@

$(VENV)/.demo: $(VENV)/.torch pyproject.toml
	$(INSTALL) -e .
	touch $@

$(VENV)/.dev: $(VENV)/.torch pyproject.toml
	$(INSTALL) -e '.[dev]'
	$(INSTALL) --no-deps $(ORACLE)
	touch $@ $(VENV)/.demo

$(AUDIT)/.made: pyproject.toml
	test -x $(AUDIT)/bin/python || $(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --disable-pip-version-check --quiet \
		'cyclonedx-bom>=7' 'pip-audit>=2.9'
	touch $@

$(VENV)/.docs: $(VENV)/.torch pyproject.toml
	$(INSTALL) -e '.[docs]'
	touch $@ $(VENV)/.demo

$(VENV)/.viewer: $(VENV)/.torch pyproject.toml
	$(INSTALL) -e '.[dev,napari]' pytest-qt
	touch $@
