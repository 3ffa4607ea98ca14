// Windows of a picture as one number for each channel: the layers that `network/pooling.py` specifies.
#pragma once

#include "pictures.hpp"
#include "simd.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace rosenblatt {

struct MaxPool2DSpec {
    Sides window, stride;
};
struct AveragePool2DSpec {
    Sides window, stride;
};
struct GlobalAveragePool2DSpec {};

// What the pools have in common: a window that slides over the pictures.
struct PoolWindow {
    Picture in, out;
    Sides window, stride;

    // Calls visit(pixel of the result, first pixel of the window) for every window of a picture.
    template <class Visit> void for_each(Visit visit) const {
        for (int y = 0; y < out.height; ++y)
            for (int x = 0; x < out.width; ++x)
                visit(std::ptrdiff_t(y * out.width + x) * out.channels,
                      std::ptrdiff_t(y * stride.height * in.width + x * stride.width) * in.channels);
    }

    // Calls visit(pixel) for the pixels of a window whose first is `from`, line by line.
    template <class Visit> void for_each_pixel(std::ptrdiff_t from, Visit visit) const {
        for (int i = 0; i < window.height; ++i, from += in.line())
            for (int j = 0; j < window.width; ++j) visit(from + j * in.channels);
    }
};

// The largest number of each window (theory C5). The gradient goes to the first of the largest.
template <class T> struct MaxPool2D {
    static constexpr bool in_place = false;
    PoolWindow pool;
    int n_outputs;

    std::vector<ParameterRange> parameters() const { return {}; }
    UnitWeights unit_weights() const { return {0, 0, 0}; }
    std::size_t scratch_size(int) const { return std::size_t(pool.in.size()); } // a row written out

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &input, T *y) const {
        constexpr int w = simd::width<T>;
        for (int row = 0; row < pass.rows; ++row, y += n_outputs) {
            const T *x = dense_row(pass, input, row, pool.in.size());
            pool.for_each([&](std::ptrdiff_t at, std::ptrdiff_t from) {
                simd::for_each_strip<T>(pool.in.channels, [&](int column, int lanes, auto vectors) {
                    simd::Vector<T> largest[vectors];
                    for (int v = 0; v < vectors; ++v)
                        largest[v] = simd::load_lanes(x + from + column + v * w, lanes);
                    pool.for_each_pixel(from + column, [&](std::ptrdiff_t pixel) {
                        for (int v = 0; v < vectors; ++v) {
                            const simd::Vector<T> here = simd::load_lanes(x + pixel + v * w, lanes);
                            largest[v] = (here > largest[v]) | (here != here) ? here : largest[v];
                        }
                    });
                    for (int v = 0; v < vectors; ++v)
                        simd::store_lanes(y + at + column + v * w, largest[v], lanes);
                });
            });
        }
    }

    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &input, const T *y, T *dy,
                                    T *dx) const {
        if (!dx) return;
        constexpr int w = simd::width<T>;
        std::fill_n(dx, std::size_t(pass.rows) * std::size_t(pool.in.size()), T(0));
        for (int row = 0; row < pass.rows; ++row, y += n_outputs, dy += n_outputs, dx += pool.in.size()) {
            const T *x = dense_row(pass, input, row, pool.in.size());
            pool.for_each([&](std::ptrdiff_t at, std::ptrdiff_t from) {
                for (int column = 0; column < pool.in.channels; column += w) {
                    const int lanes = std::min(w, pool.in.channels - column);
                    const simd::Vector<T> largest = simd::load_lanes(y + at + column, lanes);
                    simd::Vector<T> left = simd::load_lanes(dy + at + column, lanes); // to give back
                    pool.for_each_pixel(from + column, [&](std::ptrdiff_t pixel) {
                        const auto hit = simd::load_lanes(x + pixel, lanes) == largest;
                        const simd::Vector<T> none{};
                        simd::store_lanes(dx + pixel,
                                          simd::load_lanes(dx + pixel, lanes) + (hit ? left : none), lanes);
                        left = hit ? none : left;
                    });
                }
            });
        }
    }
};

// The mean of each window (theory C6).
template <class T> struct AveragePool2D {
    static constexpr bool in_place = false;
    PoolWindow pool;
    int n_outputs;

    std::vector<ParameterRange> parameters() const { return {}; }
    UnitWeights unit_weights() const { return {0, 0, 0}; }
    std::size_t scratch_size(int) const { return std::size_t(pool.in.size()); } // a row written out

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &input, T *y) const {
        constexpr int w = simd::width<T>;
        const T share = 1 / T(pool.window.pixels());
        for (int row = 0; row < pass.rows; ++row, y += n_outputs) {
            const T *x = dense_row(pass, input, row, pool.in.size());
            pool.for_each([&](std::ptrdiff_t at, std::ptrdiff_t from) {
                simd::for_each_strip<T>(pool.in.channels, [&](int column, int lanes, auto vectors) {
                    simd::Vector<T> sum[vectors] = {};
                    pool.for_each_pixel(from + column, [&](std::ptrdiff_t pixel) {
                        for (int v = 0; v < vectors; ++v)
                            sum[v] += simd::load_lanes(x + pixel + v * w, lanes);
                    });
                    for (int v = 0; v < vectors; ++v)
                        simd::store_lanes(y + at + column + v * w, sum[v] * simd::broadcast(share), lanes);
                });
            });
        }
    }

    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &, const T *, T *dy, T *dx) const {
        if (!dx) return;
        constexpr int w = simd::width<T>;
        const T share = 1 / T(pool.window.pixels());
        std::fill_n(dx, std::size_t(pass.rows) * std::size_t(pool.in.size()), T(0));
        for (int row = 0; row < pass.rows; ++row, dy += n_outputs, dx += pool.in.size())
            pool.for_each([&](std::ptrdiff_t at, std::ptrdiff_t from) {
                for (int column = 0; column < pool.in.channels; column += w) {
                    const int lanes = std::min(w, pool.in.channels - column);
                    const simd::Vector<T> given =
                        simd::load_lanes(dy + at + column, lanes) * simd::broadcast(share);
                    pool.for_each_pixel(from + column, [&](std::ptrdiff_t pixel) {
                        simd::store_lanes(dx + pixel, simd::load_lanes(dx + pixel, lanes) + given, lanes);
                    });
                }
            });
    }
};

} // namespace rosenblatt
