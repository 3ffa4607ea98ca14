# Everything runs in an environment of the project's own: Python with venv, make and a C++ compiler
# are all that a machine needs.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
SOURCES = $(shell find src cpp CMakeLists.txt pyproject.toml -type f -not -name '*.pyc')
# A warning of our own compilers is an error here, but not on a user's machine with another compiler.
STRICT = -Ccmake.define.ROSENBLATT_WERROR=ON
# A BLAS that was told to take another processor's kernels would handicap every peer.
UNPINNED = -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE
# Tests on all cores, but not on so many that memory runs out.
PARALLEL = -n auto --maxprocesses 4

.PHONY: demo test lint unit sanitize sanitize-all test-blas soak bench bench-products profile clean

demo: $(VENV)/.installed
	@mkdir -p build/demo
	cd build/demo && $(abspath $(BIN))/rosenblatt train --example digits
	@echo "The model lies in build/demo, the command in $(BIN): cd build/demo && PATH=$(abspath $(BIN)):\$$PATH"

test: lint unit sanitize

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.installed: $(BIN)/python $(SOURCES)
	@echo "Building and installing, which takes about a minute ..."
	$(BIN)/python -m pip install --quiet ".[cli]"
	@touch $@

$(VENV)/.tested: $(BIN)/python $(SOURCES)
	$(BIN)/python -m pip install --quiet $(STRICT) ".[cli,test]"
	@touch $@ $(VENV)/.installed

lint: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/clang-format --dry-run --Werror $(wildcard cpp/*.hpp cpp/*/*.hpp cpp/*/*.cpp benchmarks/*.cpp tests/native/*.cpp)
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(VENV)/.tested
	$(BIN)/python -m pytest $(PARALLEL) -m "not slow"

# With each of OpenBLAS's kernels for x86-64: neither code nor tests may follow from one's rounding or its warnings.
test-blas: $(VENV)/.tested
	for kernels in Haswell Sandybridge SkylakeX; do \
	    OPENBLAS_CORETYPE=$$kernels $(BIN)/python -m pytest $(PARALLEL) -m "not slow and not exhaustive" || exit 1; done

# The engine once more, under sanitizers: every memory error, undefined operation or race is fatal.
build/sanitized-%/.built: $(VENV)/.tested $(SOURCES)
	rm -rf $(@D)
	$(BIN)/python -m pip install --quiet --no-deps --target $(@D) $(STRICT) \
	    -Ccmake.define.ROSENBLATT_SANITIZE=$* .
	@touch $@

# The library of a sanitizer comes before all others; a whole allocator of Python's would hide what is freed.
# A report ends its process, whose output pytest has by then: it lies in a file.
REPORT = $(CURDIR)/build/report
under = rm -f $(REPORT).*; LD_PRELOAD="$$(g++ -print-file-name=lib$(1).so) $$(g++ -print-file-name=libstdc++.so)" \
    PYTHONMALLOC=malloc PYTHONPATH="$(CURDIR)/build/sanitized-$(2)" \
    ASAN_OPTIONS=detect_leaks=0:log_path=$(REPORT) \
    TSAN_OPTIONS=halt_on_error=1:allocator_may_return_null=1:log_path=$(REPORT) \
    $(BIN)/python -m pytest $(PARALLEL) $(3) || { cat $(REPORT).* 2>/dev/null; exit 1; }

# What runs native code: the engine's tests, and those above it that come upon its threads and its corners.
ENGINE = tests/parity tests/faults/test_python_threads.py tests/faults/test_signals.py
ABOVE = $(addprefix tests/, engine ensembles estimators losses network optimizers regularization schedules search \
    test_averaging.py test_initializers.py test_normalizations.py fitting/test_fits.py fitting/test_stopping.py \
    integration/test_equivalence.py faults/test_forks.py faults/test_exit.py) \
    --ignore=tests/estimators/test_sklearn_suite.py --ignore=tests/search/test_display.py

sanitize: build/sanitized-address/.built
	$(call under,asan,address,-m "not exhaustive" $(ENGINE))

# The rest: products over all members, each narrower build in its turn, what stands above the engine, and races.
sanitize-all: build/sanitized-address/.built build/sanitized-thread/.built
	$(call under,asan,address,-m "not slow" $(ENGINE) $(ABOVE))
	export ROSENBLATT_LEVEL=3; $(call under,asan,address,-m "not slow" $(ENGINE))
	export ROSENBLATT_LEVEL=0; $(call under,asan,address,-m "not slow" $(ENGINE))
	# NumPy's BLAS is not instrumented: what its threads do by turns would be told of as races.
	export OPENBLAS_NUM_THREADS=1; $(call under,tsan,thread,-m "not exhaustive" $(ENGINE))

soak: $(VENV)/.tested
	$(BIN)/python -m pytest -m slow

bench: $(VENV)/.tested
	$(BIN)/python -m pip install --quiet ".[bench]"
	env $(UNPINNED) $(BIN)/python -m benchmarks

# The library that SciPy's wheel brings, and the build of our product that fits this processor.
OPENBLAS = $$($(BIN)/python -c "import scipy, pathlib; \
    print(next((pathlib.Path(scipy.__file__).parents[1] / 'scipy.libs').glob('libscipy_openblas-*')))")

# As the wheel's own build for this processor is compiled.
NATIVE = g++ -std=c++20 -O3 -march=native -mprefer-vector-width=512 -fno-math-errno -fno-trapping-math -fopenmp-simd

bench-products: $(VENV)/.installed
	@mkdir -p build
	$(NATIVE) benchmarks/products.cpp -o build/products -ldl
	env $(UNPINNED) LD_LIBRARY_PATH="$$(dirname $(OPENBLAS))" build/products $(OPENBLAS)

profile:
	@mkdir -p build
	$(NATIVE) -pthread benchmarks/profile.cpp -o build/profile
	build/profile

clean:
	rm -rf $(VENV) build
