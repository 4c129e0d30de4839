# What a person types, as targets. Everything lives in .venv and build; `make help` lists the rest.
PYTHON ?= python3.11
NEWER ?= python3.12
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
RUN_ARGS ?=
BENCH_ARGS ?=
TEST_ARGS ?= -n auto --dist loadgroup

.DEFAULT_GOAL := help
.PHONY: help run test newer check format lint types layers golden mutants bench wheel clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

run: $(STAMP) ## run the suite against the reference server, through the recording proxy, and write meetproof-report/
	$(BIN)/meetproof run $(RUN_ARGS)

test: $(STAMP) ## run every test of the project; absent tools are named
	$(BIN)/python -m pytest $(TEST_ARGS)

newer: ## run the tests of the recording proxy by NEWER, a later Python, which brings a later mitmproxy
	$(NEWER) -m venv build/newer
	build/newer/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	build/newer/bin/python -m pytest $(TEST_ARGS) tests/conformance/proxy

check: format lint types layers test ## format, lint, types, layers, tests

format: $(STAMP) ## format the code
	$(BIN)/ruff format .

lint: $(STAMP) ## look for mistakes in the code
	$(BIN)/ruff check .

types: $(STAMP) ## check the types, strictly
	$(BIN)/mypy

layers: $(STAMP) ## check which package may import which
	$(BIN)/python -m pytest -q tests/architecture

golden: $(STAMP) ## record cassettes/reference and the README's output anew
	mkdir -p build
	$(BIN)/meetproof run --report build/golden > build/golden.txt || { cat build/golden.txt; exit 1; }
	rm -f cassettes/reference/*.yaml
	cp build/golden/cassettes/*.yaml cassettes/reference/
	$(BIN)/python -m tests.golden.readme build/golden.txt

mutants: $(STAMP) ## find anew which altered answers and faults turn which requirements red
	$(BIN)/python -m tests.meta.search
	$(BIN)/python -m tests.meta.faulty
	$(BIN)/python -m tests.meta.seen
	$(BIN)/python -m tests.meta.server.search
	$(BIN)/python -m tests.meta.server.unseen
	$(BIN)/python -m tests.meta.failures
	$(BIN)/python -m pytest -q $(TEST_ARGS) --thorough tests/meta tests/golden tests/conformance/tape

bench: $(STAMP) ## compare speeds within one run
	$(BIN)/python -m tests.bench.bench_tape
	$(BIN)/python -m tests.bench.bench_replay
	$(BIN)/python -m tests.bench.bench_proxy
	$(BIN)/python -m tests.bench.bench_proxy --exchanges 200000
	$(BIN)/python -m tests.bench.bench_ews $(BENCH_ARGS)
	$(BIN)/python -m tests.bench.bench_graph $(BENCH_ARGS)
	$(BIN)/python -m tests.bench.bench_suite

wheel: $(STAMP) ## build the wheel into dist/
	$(BIN)/python -m build --wheel

clean: ## remove what the other targets made
	rm -rf $(VENV) build dist meetproof-report .pytest_cache .mypy_cache .ruff_cache .hypothesis
