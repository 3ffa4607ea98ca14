#include "types_impl.hpp"

template void rosenblatt::bindings::bind_types<float>(nanobind::module_ &);
template void rosenblatt::bindings::use_gemm<float>(nanobind::capsule);
