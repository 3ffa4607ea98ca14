// The gradient of a strip of parameters, completed before it moves them: penalised and clipped.
#pragma once

#include "catalogue.hpp"
#include "norm.hpp"

#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

namespace rosenblatt {

// Penalties that are fused into every optimiser's loop. The others would multiply the number of these loops;
// they take a pass over the gradient instead, as clipping does.
template <class Penalised>
inline constexpr bool fused_with_move =
    std::is_same_v<Penalised, L2> || std::is_same_v<Penalised, Unpenalised>;

// Returns the sums of the penalty and of the squared gradient before it is clipped. A function of its own:
// GCC does not vectorise over pointers that a closure captures.
template <class T, class Penalised, class Clip>
[[gnu::noinline]] std::pair<T, T> finish_strip(Penalised penalty, Clip clip, T scale, std::size_t size,
                                               const T *gradient, const T *theta, T *finished) {
    T value = 0, square = 0;
#pragma omp simd reduction(+ : value, square)
    for (std::size_t i = 0; i < size; ++i) {
        const T w = theta[i], g = gradient[i] + scale * penalty.gradient(w);
        value += penalty.value(w);
        square += g * g;
        finished[i] = clip(g);
    }
    return {value, square};
}

// `norm` is that of the whole gradient, where the clipping needs it.
template <class T, class Penalised>
std::pair<T, T> finish_gradient(Penalised penalty, const Clipping &clipping, Norm norm, T scale,
                                std::size_t size, const T *gradient, const T *theta, T *finished) {
    return std::visit(
        [&](auto rule) {
            return finish_strip(penalty, rule.template at<T>(norm), scale, size, gradient, theta, finished);
        },
        clipping);
}

// ‖·‖² of a strip of the penalised gradient, scaled by Norm or not; in double, because a square may overflow
// a float.
template <bool scaled, class T, class Penalised>
double squared_norm(Penalised penalty, T scale, std::size_t size, const T *gradient, const T *theta) {
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::size_t i = 0; i < size; ++i) {
        double g = double(gradient[i] + scale * penalty.gradient(theta[i]));
        if constexpr (scaled) g *= Norm::scale;
        sum += g * g;
    }
    return sum;
}

} // namespace rosenblatt
