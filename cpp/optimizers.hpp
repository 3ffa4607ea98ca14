// First-order optimisers: the native twins of the package optimizers (theory G1, G7-G10).
//
// A rule tells how many slots of memory it keeps for a parameter, and its `at` fixes what does not change
// within a step: it hands `use` a functor that moves one parameter, from its gradient and its slots to the
// update that is added. Which form a rule takes is decided there, outside the loop over the parameters.
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

// Decoupled weight decay: what a parameter becomes before it is moved, θ (1 - η λ), or θ where the rule has
// none.
template <class T, class Rule> auto decay(const Rule &rule, double factor) {
    if constexpr (requires { rule.weight_decay; })
        return [kept = T(1 - rule.lr * factor * rule.weight_decay)](T w) { return kept * w; };
    else
        return [](T w) { return w; };
}

} // namespace rosenblatt
