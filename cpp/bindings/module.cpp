// The compiled module. Nothing outside this folder names Python.
#include "../bfloat16.hpp"
#include "../catalogue.hpp"
#include "../core_budget.hpp"
#include "call_guard.hpp"
#include "epoch_record.hpp"
#include "random.hpp"
#include "types.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace rosenblatt::bindings {
namespace {

template <class Variant> nb::list listed() {
    nb::list entries;
    for (const Entry &entry : Catalogue<Variant>::list())
        entries.append(nb::make_tuple(entry.name, entry.fields));
    return entries;
}

// Concept -> (name, ordered fields) of every member.
nb::dict catalogue() {
    nb::dict all;
    all["activations"] = listed<Activation>();
    all["losses"] = listed<Loss>();
    all["normalizations"] = listed<Normalization>();
    all["penalties"] = listed<Penalty>();
    all["optimizers"] = listed<Optimizer>();
    all["clippings"] = listed<Clipping>();
    all["constraints"] = listed<Constraint>();
    all["averagings"] = listed<Averaging>();
    return all;
}

// The widest instruction set that this processor has and a build of this module exists for: 0, 3 or 4, the
// levels of the x86-64 psABI.
int cpu_level() {
#if defined(__x86_64__) && defined(__GNUC__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        return 4;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2"))
        return 3;
#endif
    return 0;
}

} // namespace
} // namespace rosenblatt::bindings

NB_MODULE(ROSENBLATT_MODULE, m) {
    using namespace rosenblatt;
    using namespace rosenblatt::bindings;
    m.doc() = "rosenblatt's native engine";
    nb::set_leak_warnings(false); // a predictor may live as long as the interpreter
    m.def("cpu_level", &cpu_level);
    m.def("has_bfloat16", &bfloat16::supported);
    m.def("catalogue", &catalogue);
    m.def("after_fork_in_child", [] {
        CoreBudget::reset_after_fork();
        CallGuard::reset_after_fork();
    });
    m.def("at_exit", &CallGuard::finish_all);
    m.def(
        "use_blas",
        [](nb::capsule sgemm, nb::capsule dgemm) {
            use_gemm<float>(sgemm);
            use_gemm<double>(dgemm);
        },
        "sgemm"_a, "dgemm"_a);
    bind_random(m);
    bind_epochs_result(m);
    bind_types<float>(m);
    bind_types<double>(m);
}
