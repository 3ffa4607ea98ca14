// First-order optimisers: the native twins of the package optimizers (theory G1, G7-G10).
//
// `slots()` is the number of values that a rule stores per parameter. `at` computes what is constant within a
// step and passes `use` a functor that maps one parameter's gradient and slots to the update that is added.
// Variants of a rule are chosen there, outside the loop over the parameters.
#pragma once

#include "adam.hpp"
#include "adaptive.hpp"
#include "lion.hpp"
#include "sgd.hpp"

#include <type_traits>

namespace rosenblatt {

inline constexpr int most_slots = 3;

// The slots that a rule's functor takes.
template <class T, class Move>
inline constexpr int slots_of = std::is_invocable_v<Move, T>             ? 0
                                : std::is_invocable_v<Move, T, T &>      ? 1
                                : std::is_invocable_v<Move, T, T &, T &> ? 2
                                                                         : most_slots;

// Decoupled weight decay: θ (1 - η λ), to which the update is added, or θ if the rule has none.
template <class T, class Rule> auto decay(const Rule &rule, double lr_factor, double decay_factor) {
    if constexpr (requires { rule.weight_decay; })
        return [kept = T(1 - rule.lr * lr_factor * (rule.weight_decay * decay_factor))](T w) {
            return kept * w;
        };
    else
        return [](T w) { return w; };
}

} // namespace rosenblatt
