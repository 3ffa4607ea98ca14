# Everything is installed into .venv. A machine needs Python with venv, make and a C++ compiler.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
SOURCES = $(shell find src cpp CMakeLists.txt pyproject.toml -type f -not -name '*.pyc')
# Compiler warnings are errors here, but not in a user's build, whose compiler may have others.
STRICT = -Ccmake.define.ROSENBLATT_WERROR=ON
# Benchmarks ignore settings of OpenBLAS that would slow the other libraries down.
UNPINNED = -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE
# One test process a core; more than four would need too much memory.
PARALLEL = -n auto --maxprocesses 4

.PHONY: demo test test-all lint unit exhaustive sanitize sanitize-all test-blas aarch64 soak bench bench-products profile book \
    cluster-demo cluster-test clean

demo: $(VENV)/.installed
	@mkdir -p build/demo
	cd build/demo && $(abspath $(BIN))/rosenblatt train --example digits
	@echo "The model lies in build/demo, the command in $(BIN): cd build/demo && PATH=$(abspath $(BIN)):\$$PATH"

# Before every merge: about 16 minutes on two cores, the build included.
test: lint unit

# Of these CI runs `exhaustive` and `sanitize` after `make test`: the suites under OpenBLAS's kernels take as long again.
test-all: exhaustive sanitize test-blas

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.installed: $(BIN)/python $(SOURCES)
	@echo "Building and installing, which takes some minutes ..."
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
	$(BIN)/python -m pytest $(PARALLEL) -m "not slow and not exhaustive"

# The cases of products over members that `make unit` leaves out.
exhaustive: $(VENV)/.tested
	$(BIN)/python -m pytest $(PARALLEL) -m "exhaustive and not slow"

# Results must not depend on the rounding, or on the floating-point warnings, of one OpenBLAS kernel for x86-64.
WITHOUT_BLAS = $(addprefix --ignore=tests/, benchmarks cli docs faults native persistence table)
test-blas: $(VENV)/.tested
	for kernels in Haswell Sandybridge SkylakeX; do \
	    OPENBLAS_CORETYPE=$$kernels $(BIN)/python -m pytest $(PARALLEL) -m "not slow and not exhaustive" \
	        $(WITHOUT_BLAS) || exit 1; done

# The engine compiled with sanitizers. A memory error, undefined operation or race ends the process.
build/sanitized-%/.built: $(VENV)/.tested $(SOURCES)
	rm -rf $(@D)
	$(BIN)/python -m pip install --quiet --no-deps --target $(@D) $(STRICT) \
	    -Ccmake.define.ROSENBLATT_SANITIZE=$* .
	@touch $@

# $(call under,library,build,pytest arguments): the sanitizer's library has to be loaded first, and Python has to use
# malloc, whose blocks the sanitizer checks. Reports go to files because pytest captures the output of the process.
REPORT = $(CURDIR)/build/report
under = rm -f $(REPORT).*; LD_PRELOAD="$$(g++ -print-file-name=lib$(1).so) $$(g++ -print-file-name=libstdc++.so)" \
    PYTHONMALLOC=malloc PYTHONPATH="$(CURDIR)/build/sanitized-$(2)" \
    ASAN_OPTIONS=detect_leaks=0:log_path=$(REPORT) UBSAN_OPTIONS=print_stacktrace=1:log_path=$(REPORT) \
    TSAN_OPTIONS=halt_on_error=1:allocator_may_return_null=1:log_path=$(REPORT) \
    $(BIN)/python -m pytest $(PARALLEL) $(3) || { cat $(REPORT).* 2>/dev/null; exit 1; }

# Tests of the engine, and tests of other rooms that use its threads and its special cases.
ENGINE = tests/parity tests/faults/test_python_threads.py tests/faults/test_signals.py \
    tests/table/files/test_plain_block.py
ABOVE = $(addprefix tests/, engine ensembles estimators losses network optimizers regularization schedules search \
    test_averaging.py test_initializers.py test_normalizations.py fitting/test_fits.py fitting/test_stopping.py \
    integration/test_equivalence.py faults/test_forks.py faults/test_exit.py) \
    --ignore=tests/estimators/test_sklearn_suite.py --ignore=tests/search/test_display.py

sanitize: build/sanitized-address/.built
	$(call under,asan,address,-m "not exhaustive" $(ENGINE))

# All cases, the other rooms, the builds for narrower processors, and races between threads.
sanitize-all: build/sanitized-address/.built build/sanitized-thread/.built
	$(call under,asan,address,-m "not slow" $(ENGINE) $(ABOVE))
	export ROSENBLATT_LEVEL=3; $(call under,asan,address,-m "not slow" $(ENGINE))
	export ROSENBLATT_LEVEL=0; $(call under,asan,address,-m "not slow" $(ENGINE))
	# NumPy's BLAS is compiled without ThreadSanitizer, which would report its threads as races.
	export OPENBLAS_NUM_THREADS=1; $(call under,tsan,thread,-m "not exhaustive" $(ENGINE))

# The engine for aarch64, under emulation. It needs a Debian with qemu-user and g++-aarch64-linux-gnu.
# (The emulator keeps no limit on memory, and takes minutes for tests of seconds.)
EMULATED = $(addprefix tests/, parity engine activations losses network optimizers regularization test_normalizations.py)
aarch64: $(VENV)/.tested
	$(BIN)/python -m pip install --quiet nanobind cmake ninja
	PATH="$(abspath $(BIN)):$$PATH" tests/aarch64/run.sh build/aarch64 $(BIN)/python $(PARALLEL) \
	    -o faulthandler_timeout=0 -m "not slow and not exhaustive" -k "not memory_that_runs_out" $(EMULATED)

soak: $(VENV)/.tested
	$(BIN)/python -m pytest -o faulthandler_timeout=0 -m slow

bench: $(VENV)/.tested
	$(BIN)/python -m pip install --quiet ".[bench]"
	env $(UNPINNED) $(BIN)/python -m benchmarks
	env $(UNPINNED) $(BIN)/python -m benchmarks.odd_widths
	env $(UNPINNED) $(BIN)/python -m benchmarks.pictures
	env $(UNPINNED) $(BIN)/python -m benchmarks.agents

# The OpenBLAS library in SciPy's wheel.
OPENBLAS = $$($(BIN)/python -c "import scipy, pathlib; \
    print(next((pathlib.Path(scipy.__file__).parents[1] / 'scipy.libs').glob('libscipy_openblas-*')))")

# The compiler options of the engine's build for this processor.
NATIVE = g++ -std=c++20 -O3 -march=native -mprefer-vector-width=512 -fno-math-errno -fno-trapping-math -fopenmp-simd

bench-products: $(VENV)/.installed
	@mkdir -p build
	$(NATIVE) benchmarks/products.cpp -o build/products -ldl
	env $(UNPINNED) LD_LIBRARY_PATH="$$(dirname $(OPENBLAS))" build/products $(OPENBLAS)

profile:
	@mkdir -p build
	$(NATIVE) -pthread benchmarks/profile.cpp -o build/profile
	build/profile

# Experiments in full; `make book QUICK=--quick` has fewer seeds and steps.
book: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet ".[book,cli]"
	$(BIN)/python -m book $(QUICK)

# Two nodes on this machine, and a worker that is killed on the way.
cluster-demo: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet ".[cluster]"
	$(BIN)/python -m rosenblatt.cluster.demo

# Fits on real processes of Ray, which die and stop, on nodes that go and are cut off: some 6 minutes
# on two busy cores.
cluster-test: $(VENV)/.tested
	$(BIN)/python -m pip install --quiet ".[cluster]"
	$(BIN)/python -m pytest tests/cluster/test_ray.py tests/cluster/test_ray_files.py \
	    tests/cluster/test_ray_nodes.py tests/cluster/test_ray_searches.py

clean:
	rm -rf $(VENV) build
