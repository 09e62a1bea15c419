# Verbs for people; the build itself is Meson's (meson.build).
.DEFAULT_GOAL := help
SHELL         := /bin/bash
.SHELLFLAGS   := -o pipefail -c
.PHONY: help demo build test asan lint format format-check tidy fuzz verify mutants validate calibrate bench bench-check roofline install setup clean

BUILD     := build
STRIFFIN  := $(BUILD)/cli/striffin
DEMO      := $(STRIFFIN) run back/hand && $(STRIFFIN) plot out/back-hand -x time -y bonded -o out/back-hand.svg
PYTHON    := /usr/bin/python3
PREFIX    ?= /usr/local
SOURCES    = $(shell git ls-files '*.c' '*.h')
ASAN      := -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1 -Dwerror=false

help: ## what there is to make
	@echo "striffin simulates the fascial system."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: build ## build, run the default case: an adhesion of the back, and a hand; draw its figure
	@$(DEMO)

build: setup-build $(BUILD)/build.ninja ## build the programs and the library in build/
	@ninja -C $(BUILD) --quiet

test: setup-test build ## every test
	@tools/run_tests.py $(BUILD)

# Long ones whose code shorter tests reach, too.
ASAN_LONG := notch manufactured cli_fatigue cli_report cli_time vessels benchmark sliding report_page
asan: setup-test ## every test again under AddressSanitizer and UBSan (BRIEF=1: but the longest)
	@test -f build-asan/build.ninja || meson setup build-asan $(ASAN) >/dev/null
	@ninja -C build-asan --quiet
	@tools/run_tests.py build-asan $(if $(BRIEF),$$(meson test -C build-asan --no-rebuild --list 2>/dev/null | \
		sed 's|.* / ||' | grep -vxE '$(subst $() ,|,$(ASAN_LONG))'))

lint: ## layers, sizes, sources of numbers, lists of files
	@tools/lint.py

format: setup-dev ## lay out the C sources
	@clang-format-14 -i $(SOURCES)

format-check: setup-dev
	@clang-format-14 --dry-run -Werror $(SOURCES)

tidy: setup-dev build ## static analysis
	@git ls-files 'src/*.c' 'cli/*.c' | \
	  xargs -n 1 -P $$(nproc) clang-tidy-14 -quiet --extra-arg=-Wno-unknown-pragmas -p $(BUILD) 2>/dev/null

FUZZ_SECONDS ?= 60
fuzz: setup-build setup-dev ## look for inputs that break the readers, FUZZ_SECONDS (60) each
	@test -f build-fuzz/build.ninja || CC=clang-14 meson setup build-fuzz $(ASAN) -Dfuzz=true >/dev/null
	@ninja -C build-fuzz --quiet
	@for target in build-fuzz/tests/fuzz/fuzz_*[!p]; do \
	  name=$${target##*/}; mkdir -p build-fuzz/$$name; \
	  echo "$$name: $(FUZZ_SECONDS) s"; \
	  $$target -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -artifact_prefix=build-fuzz/$$name- \
	    build-fuzz/$$name tests/fuzz >build-fuzz/$$name.log 2>&1 || { tail -n 60 build-fuzz/$$name.log; exit 1; }; \
	  tail -n 1 build-fuzz/$$name.log; \
	done

verify: setup-test build ## what the tests of numerics compare, with errors and tolerances
	@tools/verify.py $(BUILD)

mutants: setup-test ## seeded faults in laws and elements, each of which must fail a test (minutes)
	@tools/mutants.py

validate: setup-test build ## every case beside its measurements; ENSEMBLES=1 runs specimens that differ too (minutes)
	@$(PYTHON) tools/validate.py $(if $(filter 1,$(ENSEMBLES)),--ensembles)

calibrate: build ## fit what CASE="name ..." calibrates; WRITE=1 changes the tissues' files
	@test -n "$(CASE)" || { echo 'make calibrate CASE=fascia-lata/lateral-along, or several: CASE="a b"'; exit 2; }
	@$(STRIFFIN) calibrate $(if $(filter 1,$(WRITE)),--write) $(CASE)

BENCH ?=
bench: setup-test build ## striffin and its peers on the same problems, as BENCH="--quick" says (an hour without)
	@bench/run.py $(BUILD) $(BENCH)

bench-check: setup-dev build ## instructions of the kernels against bench/counts.json (BENCH=--record: write it)
	@bench/check.py $(BUILD) $(BENCH)

roofline: setup-dev build ## flops and bytes of the solver's steps against what a core gives (minutes)
	@bench/roofline.py $(BUILD)

install: build ## install under PREFIX (/usr/local), below DESTDIR if that is set
	@meson configure $(BUILD) -Dprefix=$(PREFIX) && ninja -C $(BUILD) --quiet >/dev/null
	@meson install -C $(BUILD) --no-rebuild --quiet
	@test -n "$(DESTDIR)" || test "$$(id -u)" != 0 || ldconfig
	@echo "striffin is installed below $(DESTDIR)$(PREFIX)"

setup: ## install what is missing to build, test and change striffin
	@scripts/setup

clean: ## remove what was built (results in out/ stay)
	rm -rf build build-asan build-fuzz

.PHONY: setup-build setup-test setup-dev
setup-build:
	@scripts/setup build
setup-test:
	@scripts/setup build test
setup-dev:
	@scripts/setup build dev

$(BUILD)/build.ninja:
	@echo "Building striffin in $(BUILD)/"
	@meson setup $(BUILD) --prefix=$(PREFIX) >/dev/null || { cat $(BUILD)/meson-logs/meson-log.txt; exit 1; }
