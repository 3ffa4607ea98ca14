// Elementwise activations over contiguous units, and the three kinds of activation.
#pragma once

#include "catalogue.hpp"
#include "operand.hpp"
#include "simd.hpp"

#include <cstddef>
#include <type_traits>
#include <variant>

namespace rosenblatt {

// An activation is elementwise, with a derivative that follows from a = g(z) or needs z, or acts on a whole
// row.
template <class G>
concept DerivativeFromOutput = requires(G g) { g.derivative(0.0f); };
template <class G>
concept DerivativeFromInput = requires(G g) { g.slope(0.0f); };
template <class G>
concept Rowwise = !DerivativeFromOutput<G> && !DerivativeFromInput<G>;

inline bool derivative_from_output(const Activation &activation) {
    return std::visit([](auto g) { return DerivativeFromOutput<decltype(g)>; }, activation);
}
inline bool derivative_from_input(const Activation &activation) {
    return std::visit([](auto g) { return DerivativeFromInput<decltype(g)>; }, activation);
}

// Call `with` on the activation if it is of this kind.
template <class With> void visit_from_output(const Activation &activation, With with) {
    std::visit(
        [&](auto g) {
            if constexpr (DerivativeFromOutput<decltype(g)>) with(g);
        },
        activation);
}
template <class With> void visit_from_input(const Activation &activation, With with) {
    std::visit(
        [&](auto g) {
            if constexpr (DerivativeFromInput<decltype(g)>) with(g);
        },
        activation);
}
template <class With> void visit_rowwise(const Activation &activation, With with) {
    std::visit(
        [&](auto g) {
            if constexpr (Rowwise<decltype(g)>) with(g);
        },
        activation);
}

// a = g(z), a vector at a time, so that a few elements cost no more than whole vectors. a may be z.
template <class G, class T> void apply(G g, std::ptrdiff_t size, const T *z, T *a) {
    constexpr int w = simd::width<T>;
    for (std::ptrdiff_t i = 0; i < size; i += w) {
        const int lanes = size - i < w ? int(size - i) : w;
        T line[w];
        simd::store(line, simd::load_lanes(z + i, lanes));
#pragma omp simd
        for (int j = 0; j < w; ++j) line[j] = g.value(line[j]);
        simd::store_lanes(a + i, simd::load(line), lanes);
    }
}

// dz = g'(z) ⊙ da, likewise.
template <DerivativeFromInput G, class T>
void pull_back(G g, std::ptrdiff_t size, const T *z, const T *da, T *dz) {
    constexpr int w = simd::width<T>;
    for (std::ptrdiff_t i = 0; i < size; i += w) {
        const int lanes = size - i < w ? int(size - i) : w;
        T line[w];
        simd::store(line, simd::load_lanes(z + i, lanes));
#pragma omp simd
        for (int j = 0; j < w; ++j) line[j] = g.slope(line[j]);
        simd::store_lanes(dz + i, simd::load(line) * simd::load_lanes(da + i, lanes), lanes);
    }
}

// g as the epilogue of a matrix product.
template <class G> struct ActivationEpilogue {
    G g;
    template <class T> void operator()(T *stretch, int size) const { apply(g, size, stretch, stretch); }
};
template <> struct ActivationEpilogue<Identity> : NoEpilogue {
    explicit ActivationEpilogue(Identity) {}
    ActivationEpilogue() = default;
};
// One instruction: not worth a second pass over what is in the registers.
template <> struct ActivationEpilogue<ReLU> {
    explicit ActivationEpilogue(ReLU) {}
    ActivationEpilogue() = default;
    template <class V> V in_register(V x) const { return x < V{} ? V{} : x; }
    template <class T> void operator()(T *stretch, int size) const { apply(ReLU{}, size, stretch, stretch); }
};

// δ = g'(z) ⊙ δ by way of a = g(z), and its sum over the rows, which joins what `total` holds or not;
// `stride` elements separate the rows of a and δ.
template <class G, class T>
void scale_by_derivative(G g, int rows, int columns, int stride, const T *a, T *delta, bool add, T *total) {
    simd::for_each_strip<T>(columns, [=](int column, int lanes, auto vectors) {
        constexpr int w = simd::width<T>;
        simd::Vector<T> sum[vectors] = {};
        if (add)
            for (int i = 0; i < vectors; ++i) sum[i] = simd::load_lanes(total + column + i * w, lanes);
        for (int row = 0; row < rows; ++row) {
            const std::ptrdiff_t at = std::ptrdiff_t(row) * stride + column;
            for (int i = 0; i < vectors; ++i) {
                simd::Vector<T> d = simd::load_lanes(delta + at + i * w, lanes);
                if constexpr (!std::is_same_v<G, Identity>) {
                    T line[w], slope[w];
                    simd::store(line, simd::load_lanes(a + at + i * w, lanes));
#pragma omp simd
                    for (int j = 0; j < w; ++j) slope[j] = g.derivative(line[j]);
                    d *= simd::load(slope);
                    simd::store_lanes(delta + at + i * w, d, lanes);
                }
                sum[i] += d;
            }
        }
        for (int i = 0; i < vectors; ++i) simd::store_lanes(total + column + i * w, sum[i], lanes);
    });
}

} // namespace rosenblatt
