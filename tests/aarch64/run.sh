#!/usr/bin/env bash
# Builds the engine for aarch64 and runs tests of it under emulation:
#
#     tests/aarch64/run.sh FOLDER PYTHON [arguments of pytest]
#
# FOLDER keeps what is downloaded and built; PYTHON has nanobind, CMake and pip. It needs a Debian with qemu-user,
# g++-aarch64-linux-gnu and ninja-build, and no rights of an administrator: Python for aarch64 is unpacked, not installed.
set -euo pipefail
folder=$(realpath -m "$1") python=$(realpath -s "$2")
shift 2
project=$(realpath "$(dirname "$0")/../..")
mkdir -p "$folder"
cd "$folder"

if [ ! -d system ]; then
    mkdir -p apt/lists/partial apt/archives/partial
    : >apt/status
    cat >apt.conf <<CONFIGURATION
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
Dir::State "$folder/apt";
Dir::State::Lists "$folder/apt/lists";
Dir::State::Status "$folder/apt/status";
Dir::Cache::Archives "$folder/apt/archives";
CONFIGURATION
    export APT_CONFIG=$folder/apt.conf
    apt-get --quiet update
    apt-get --quiet --yes --download-only --no-install-recommends install python3-minimal python3-dev libstdc++6
    mkdir unpacked
    for package in apt/archives/*.deb; do dpkg -x "$package" unpacked; done
    mv unpacked system
fi
binary=$(basename "$(realpath system/usr/bin/python3)") # such as python3.11
version=${binary#python}

if [ ! -d packages ]; then
    platforms=(--platform manylinux2014_aarch64 --platform manylinux_2_27_aarch64 --platform manylinux_2_28_aarch64)
    "$python" -m pip install --quiet --target downloaded --only-binary=:all: "${platforms[@]}" \
        --python-version "$version" numpy scipy scikit-learn joblib safetensors \
        hypothesis pytest pytest-xdist
    mv downloaded packages
fi

nanobind=$("$python" -c "import nanobind; print(nanobind.cmake_dir())")
cmake -G Ninja -S "$project" -B build -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 \
    -DCMAKE_CXX_COMPILER=aarch64-linux-gnu-g++ \
    -DCMAKE_CXX_FLAGS="-isystem $folder/system/usr/include -Wno-psabi" -DROSENBLATT_WERROR=ON \
    -DPython_EXECUTABLE="$python" -DPython_INCLUDE_DIR="$folder/system/usr/include/$binary" \
    -Dnanobind_DIR="$nanobind" -DNB_SUFFIX=".cpython-${version/./}-aarch64-linux-gnu.so"
cmake --build build

rm -rf project
mkdir project
cp -r "$project/src/rosenblatt" "$project/tests" "$project/pyproject.toml" project
rm -f project/rosenblatt/engine/*.so
cp build/_native*.so project/rosenblatt/engine

# Tests that start processes, or compile, find what does it for aarch64.
mkdir -p bin
cat >bin/python <<WRAPPER
#!/bin/sh
exec qemu-aarch64 -L "$folder/system" -0 "$folder/bin/python" "$folder/system/usr/bin/python3" "\$@"
WRAPPER
chmod +x bin/python
ln -sf "$(command -v aarch64-linux-gnu-gcc)" bin/cc
export PATH=$folder/bin:$PATH PYTHONHOME=$folder/system/usr PYTHONPATH=$folder/packages:$folder/project
cd project
exec python -m pytest -p no:cacheprovider "$@"
