// What float32.cpp and float64.cpp instantiate.
#pragma once

#include "coalitions.hpp"
#include "data.hpp"
#include "engine.hpp"
#include "move.hpp"
#include "predictor.hpp"
#include "run.hpp"
#include "types.hpp"

#include <string>
#include <string_view>

namespace rosenblatt::bindings {

template <class T> void bind_types(nb::module_ &m) {
    const std::string suffix = sizeof(T) == 4 ? "32" : "64";
    bind_data<T>(m, suffix);
    bind_engine<T>(m, suffix);
    bind_run<T>(m, suffix);
    bind_move<T>(m, suffix);
    bind_predictor<T>(m, suffix);
    bind_coalitions<T>(m, suffix);
}

// SciPy's capsules have a function's C signature as their name, Cython's typedefs included.
template <class T> void use_gemm(nb::capsule capsule) {
    const std::string_view signature = capsule.name() ? capsule.name() : "";
    require(signature.starts_with("void (char *, char *, int *, int *, int *, ") &&
                signature.find(sizeof(T) == 4 ? "cython_blas_s *" : "cython_blas_d *") != signature.npos,
            "not a BLAS's product of matrices");
    gemm_pointer<T> = reinterpret_cast<Gemm<T>>(capsule.data(capsule.name()));
}

} // namespace rosenblatt::bindings
