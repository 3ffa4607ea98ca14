// Activation functions: the native twins of activations.py (theory N3).
// The derivative is written in terms of the activation a = g(z), so that layers work in place.
#pragma once

#include "members.hpp"
#include "vmath.hpp"

#include <algorithm>

namespace rosenblatt {

struct Identity {
    static constexpr auto name = "Identity";
    static constexpr auto fields = no_fields<Identity>;

    template <class T> static T value(T z) { return z; }
    template <class T> static T derivative(T) { return 1; }
};

struct Sigmoid {
    static constexpr auto name = "Sigmoid";
    static constexpr auto fields = no_fields<Sigmoid>;

    template <class T> static T value(T z) { return vmath::sigmoid(z); }
    template <class T> static T derivative(T a) { return a * (1 - a); }
};

struct Tanh {
    static constexpr auto name = "Tanh";
    static constexpr auto fields = no_fields<Tanh>;

    template <class T> static T value(T z) { return vmath::tanh(z); }
    template <class T> static T derivative(T a) { return 1 - a * a; }
};

struct ReLU {
    static constexpr auto name = "ReLU";
    static constexpr auto fields = no_fields<ReLU>;

    // Written so that NaN passes.
    template <class T> static T value(T z) { return z < 0 ? T(0) : z; }
    template <class T> static T derivative(T a) { return a > 0 ? T(1) : T(0); }
};

// Mixes the units of a row, so it brings its own loops in place of a value and a derivative.
struct Softmax {
    static constexpr auto name = "Softmax";
    static constexpr auto fields = no_fields<Softmax>;

    template <class T> static void forward_row(T *a, int n) {
        T top = *std::max_element(a, a + n);
        T sum = 0;
        for (int k = 0; k < n; ++k) a[k] = vmath::exp(a[k] - top);
        for (int k = 0; k < n; ++k) sum += a[k];
        for (int k = 0; k < n; ++k) a[k] /= sum;
    }

    template <class T> static void backward_row(const T *a, T *grad, int n) {
        T mean = 0;
        for (int k = 0; k < n; ++k) mean += a[k] * grad[k];
        for (int k = 0; k < n; ++k) grad[k] = a[k] * (grad[k] - mean);
    }
};

} // namespace rosenblatt
