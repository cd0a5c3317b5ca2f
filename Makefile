# make demo   install into .venv, run the demonstration, say where its page is
# make test   install with the test tools, run the tests   (ARGS="-k tiling", JOBS=4)
# make attack bad input for every verb, damaged files, kills: about 20 minutes
# make lint   style, types and import rules
# make viewer install napari into .venv-viewer, test the plugin in a real window (xvfb-run, if there is no display)
#
# On Linux without a GPU, the smaller CPU build of torch is found with
#   make demo TORCH_INDEX=https://download.pytorch.org/whl/cpu

PYTHON ?= python3
VENV ?= .venv
TORCH_INDEX ?=
JOBS ?= 2
ARGS ?=

BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --quiet -c constraints.txt

# The metrics are compared with stardist's; only its `matching` module is used, so it comes
# without the rest of what it asks for.
ORACLE := stardist csbdeep numba llvmlite tqdm six

.PHONY: demo test attack lint viewer clean

demo: $(VENV)/.demo
	$(BIN)/adgan demo -o demo --overwrite
	@echo "The page to look at: $$(ls $(CURDIR)/demo/*.html)"

test: $(VENV)/.dev
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(JOBS) $(ARGS)

attack: $(VENV)/.dev
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/attack.py $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

viewer:
	$(MAKE) VENV=.venv-viewer .venv-viewer/.viewer
	OMP_NUM_THREADS=1 $(if $(DISPLAY),,xvfb-run -a -s "-screen 0 1600x1000x24") \
		.venv-viewer/bin/python -m pytest tests/e2e/test_napari.py $(ARGS)

clean:
	rm -rf $(VENV) .venv-viewer demo

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

$(VENV)/.viewer: $(VENV)/.torch pyproject.toml
	$(INSTALL) -e '.[dev,napari]' pytest-qt
	touch $@
