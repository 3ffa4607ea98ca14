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

.PHONY: demo test lint unit sanitize soak bench bench-products profile clean

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
	$(BIN)/clang-format --dry-run --Werror $(wildcard cpp/*.hpp cpp/*.cpp benchmarks/*.cpp)
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(VENV)/.tested
	$(BIN)/python -m pytest -m "not slow"

# The engine once more, with every memory error and undefined operation fatal, on its own tests.
build/sanitized/.built: $(VENV)/.tested $(SOURCES)
	rm -rf build/sanitized
	$(BIN)/python -m pip install --quiet --no-deps --target build/sanitized $(STRICT) \
	    -Ccmake.define.ROSENBLATT_SANITIZE=ON .
	@touch $@

sanitize: build/sanitized/.built
	LD_PRELOAD="$$(g++ -print-file-name=libasan.so) $$(g++ -print-file-name=libstdc++.so)" \
	ASAN_OPTIONS=detect_leaks=0 PYTHONPATH=build/sanitized PYTHONMALLOC=malloc \
	    $(BIN)/python -m pytest -m "not exhaustive" tests/parity

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
