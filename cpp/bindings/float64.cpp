#include "types_impl.hpp"

template void rosenblatt::bindings::bind_types<double>(nanobind::module_ &);
template void rosenblatt::bindings::use_gemm<double>(nanobind::capsule);
