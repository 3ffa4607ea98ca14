// What a call of epochs returns, whatever the float type.
#pragma once

#include "../training.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/stl/vector.h>

#include <vector>

namespace rosenblatt::bindings {

// What a call of epochs returns.
struct EpochsResult {
    std::vector<EpochRecord> epochs;
    nanobind::object raised; // by a signal handler, after these epochs; or None
};

inline void bind_epochs_result(nanobind::module_ &m) {
    nanobind::class_<EpochRecord>(m, "EpochRecord")
        .def_prop_ro("data_loss", [](const EpochRecord &r) { return r.result.objective.data_loss; })
        .def_prop_ro("penalty", [](const EpochRecord &r) { return r.result.objective.penalty; })
        .def_prop_ro("gradient_norms", [](const EpochRecord &r) { return r.result.gradient_norms; })
        .def_prop_ro("steps", [](const EpochRecord &r) { return r.result.steps; })
        .def_prop_ro("finite", [](const EpochRecord &r) { return r.result.finite; })
        .def_ro("seconds", &EpochRecord::seconds);
    nanobind::class_<EpochsResult>(m, "EpochsResult")
        .def_ro("epochs", &EpochsResult::epochs)
        .def_ro("raised", &EpochsResult::raised);
}

} // namespace rosenblatt::bindings
