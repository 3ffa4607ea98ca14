// One step of an optimiser on parameters whose gradient is there already.
#pragma once

#include "../denormals.hpp"
#include "../update.hpp"
#include "call_guard.hpp"
#include "specs.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

namespace rosenblatt::bindings {

// Moves theta by step t and brings the slots along; the factors multiply the rate and the weight decay.
template <class T>
void move(const NamedFields &optimizer, const In1<T> &gradient, Out1<T> theta, Slots<T> slots, std::int64_t t,
          double lr_factor, double decay_factor) {
    const CallGuard guard;
    const auto any = made<Optimizer>(optimizer);
    const std::size_t n = theta.shape(0);
    const auto is_factor = [](double f) { return std::isfinite(f) && f >= 0; };
    require(gradient.shape(0) == n, "the gradient has another number of parameters");
    require(t >= 1, "steps are counted from 1");
    require(is_factor(lr_factor) && is_factor(decay_factor), "a factor of a step is out of range");
    const auto n_slots = std::visit([](const auto &rule) { return std::size_t(rule.slots()); }, any);
    require(slots.shape(0) == n_slots && (n_slots == 0 || (slots.shape(1) == n && slots.stride(1) == 1)),
            "slots do not fit");
    require_aligned(gradient, theta, slots);
    TrainingState<T> state{.theta = theta.data(), .slots = {}, .steps = t - 1};
    for (std::size_t k = 0; k < n_slots; ++k)
        state.slots[k] = slots.data() + std::ptrdiff_t(k) * slots.stride(0);
    nb::gil_scoped_release released;
    const Denormals as_zero(Denormals::as_zero);
    std::visit(
        [&](const auto &rule) {
            const auto decayed = decay<T>(rule, lr_factor, decay_factor);
            rule.template at<T>(t, lr_factor, [&](const auto step) {
                move_finished(step, decayed, 0, n, gradient.data(), state);
            });
        },
        any);
}

template <class T> void bind_move(nb::module_ &m, const std::string &suffix) {
    m.def(("move" + suffix).c_str(), &move<T>, "optimizer"_a, "gradient"_a.noconvert(), "theta"_a.noconvert(),
          "slots"_a.noconvert(), "t"_a, "lr_factor"_a, "decay_factor"_a);
}

} // namespace rosenblatt::bindings
