# The contract: install · run · test · check · bench. `make help` lists the rest.
PY ?= python3
V := .venv
S := .venv-scanners
# Compiled at once: the scanners' environment is read-only to those who run it, so it would never be later.
UV = $(V)/bin/uv pip install -q --require-hashes --compile-bytecode
ARGS ?=
export SEMGREP_ENABLE_VERSION_CHECK := 0
export SEMGREP_SEND_METRICS := off

.PHONY: help install run test test-slow check bench lock image-check clean
help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(V)/.ok $(S)/.ok  ## install everything into .venv and .venv-scanners

$(V)/.uv: requirements/uv.lock
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PY=python3.12 …"; exit 1; }
	@test -x $(V)/bin/python || $(PY) -m venv $(V) || { echo "python3 has no venv module: install the package python3-venv"; exit 1; }
	@$(V)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.lock
	@touch $@

$(V)/.deps: $(V)/.uv requirements/dev.lock
	@echo "installing the application (about 10 s)"
	@VIRTUAL_ENV=$(V) $(UV) -r requirements/dev.lock
	@touch $@

$(V)/.ok: $(V)/.deps pyproject.toml
	@VIRTUAL_ENV=$(V) $(V)/bin/uv pip install -q --no-deps --no-build-isolation -e .
	@$(V)/bin/python -m compileall -q -x '/rules/' app workers cli
	@touch $@

$(S)/.ok: $(V)/.uv requirements/scanners.lock
	@echo "installing the scanners (about 10 s)"
	@$(V)/bin/uv venv -q --clear $(S) --python $(V)/bin/python
	@$(UV) --python $(S)/bin/python -r requirements/scanners.lock
	@touch $@

run: install  ## audit a sample pull request on a GitHub in a box (REPO= BASE= HEAD= for your own, ARGS="--once")
	@$(V)/bin/python -m demo $(if $(REPO),--repo "$(REPO)" --base "$(BASE)" --head "$(HEAD)") $(ARGS)

test: install  ## the default tests (under 5 minutes)
	@$(V)/bin/python -m pytest $(ARGS)

test-slow: install  ## the tests marked slow
	@$(V)/bin/python -m pytest -m slow $(ARGS)

check: install  ## exactly what CI checks: lint, format, types, import directions
	@$(V)/bin/ruff check .
	@$(V)/bin/ruff format --check .
	@$(V)/bin/mypy
	@$(V)/bin/lint-imports --no-cache

bench: install  ## the figures the documents quote, as ratios
	@$(V)/bin/python -m benchmarks $(ARGS)

lock: $(V)/.uv  ## resolve requirements/*.in anew
	@for n in uv app dev scanners; do \
	  (cd requirements && ../$(V)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-emit-index-url $$n.in -o $$n.lock); done

image-check: install  ## build the image with buildah and run it (optional, about 3 minutes)
	@$(V)/bin/python -m tests.image_check

clean:  ## remove what was installed and made
	rm -rf $(V) $(S) .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
