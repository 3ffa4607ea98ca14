// Activations that no dense layer can fuse: layers of their own.
#pragma once

#include "elementwise.hpp"
#include "pass.hpp"

#include <cstddef>
#include <vector>

namespace rosenblatt {

// An elementwise activation whose derivative needs z, which the layer before it keeps.
template <class T> struct ActivationFromInput {
    static constexpr bool in_place = false;
    int n_outputs;
    Activation activation;

    std::vector<ParameterRange> parameters() const { return {}; }

    void forward(const Pass<T> &pass, const Rows<T> &z, T *a) const {
        visit_from_input(activation, [&](auto g) { apply(g, size(pass), z.dense, a); });
    }

    void backward(const Pass<T> &pass, const Rows<T> &z, const T *, T *da, T *dz) const {
        visit_from_input(activation, [&](auto g) { pull_back(g, size(pass), z.dense, da, dz); });
    }

  private:
    std::ptrdiff_t size(const Pass<T> &pass) const { return std::ptrdiff_t(pass.rows) * n_outputs; }
};

// An activation over all units of a row, in place.
template <class T> struct RowwiseActivation {
    static constexpr bool in_place = true;
    int n_outputs;
    Activation activation;

    std::vector<ParameterRange> parameters() const { return {}; }

    void forward(const Pass<T> &pass, const Rows<T> &, T *a) const {
        visit_rowwise(activation, [&](auto g) {
            for (int row = 0; row < pass.rows; ++row)
                g.forward_row(a + std::ptrdiff_t(row) * n_outputs, n_outputs);
        });
    }

    void backward(const Pass<T> &pass, const Rows<T> &, const T *a, T *grad, T *) const {
        visit_rowwise(activation, [&](auto g) {
            for (int row = 0; row < pass.rows; ++row) {
                const std::ptrdiff_t start = std::ptrdiff_t(row) * n_outputs;
                g.backward_row(a + start, grad + start, n_outputs);
            }
        });
    }
};

} // namespace rosenblatt
