// The bindings that exist once for float and once for double. Each is compiled in a file of its own, so that
// a build uses more than one core.
#pragma once

#include <nanobind/nanobind.h>

namespace rosenblatt::bindings {

template <class T> void bind_types(nanobind::module_ &m);

// Hands in the BLAS's product of matrices, in a capsule of SciPy's.
template <class T> void use_gemm(nanobind::capsule capsule);

} // namespace rosenblatt::bindings
