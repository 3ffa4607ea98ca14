#!/usr/bin/env bash
# JAX 0.10.2 (jaxlib 0.10.2, CPU): the gradient of a convolution with respect to its kernel takes some 20 times as long
# within lax.scan as in a compiled step that Python calls, or in the same steps written out in one function. The kernels
# agree to 1e-3 after 8 steps in float32. A training loop compiled as a whole by lax.scan, which saves the calls, is the
# slower form for networks of pictures; a convolution alone, without its gradient, takes as long in a scan as outside.
# (jax-ml/jax issue 12868, open since 2022, has the same of convolutions whose channels come first, and channels last as
# the way out.)
#
# Seen, ms for 8 steps on two threads: called 92, written out 85, in a scan 1747
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet jax==0.10.2 jaxlib==0.10.2 numpy==2.4.6
JAX_PLATFORMS=cpu "$folder/venv/bin/python" - <<'PYTHON'
import time

import jax
import jax.numpy as jnp
from jax import lax

STEPS = 8
pictures = jnp.ones((64, 28, 28, 8))
start = jnp.full((5, 5, 8, 16), 0.01)


def loss(kernel):
    layout = ("NHWC", "HWIO", "NHWC")
    out = lax.conv_general_dilated(pictures, kernel, (1, 1), "SAME", dimension_numbers=layout)
    return jnp.mean(out**2)


def step(kernel):
    return kernel - 0.01 * jax.grad(loss)(kernel)


compiled_step = jax.jit(step)


def called(kernel):
    for _ in range(STEPS):
        kernel = compiled_step(kernel)
    return kernel


@jax.jit
def written_out(kernel):
    for _ in range(STEPS):
        kernel = step(kernel)
    return kernel


@jax.jit
def scanned(kernel):
    return lax.scan(lambda carried, _: (step(carried), None), kernel, None, length=STEPS)[0]


def milliseconds(of) -> float:
    jax.block_until_ready(of(start))  # compiles
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        jax.block_until_ready(of(start))
        times.append(time.perf_counter() - begin)
    return 1e3 * min(times)


print("JAX", jax.__version__)
took = {of.__name__: milliseconds(of) for of in (called, written_out, scanned)}
print(", ".join(f"{name} {ms:.0f} ms" for name, ms in took.items()))
difference = float(jnp.abs(called(start) - scanned(start)).max() / jnp.abs(called(start)).max())
print("relative difference", difference)
assert difference < 1e-3
assert took["scanned"] > 5 * max(took["called"], took["written_out"])
PYTHON
