// The convolution: the layer that `network/convolution.py` specifies.
//
// Its products are taken straight from the picture. The pixels of a line that a window sees lie side by side,
// and windows of a line are equally far apart: so they are rows of a matrix that overlap in memory, for which
// nothing is unfolded. Only a picture with a border is copied, into one that has it.
#pragma once

#include "elementwise.hpp"
#include "pictures.hpp"
#include "product.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace rosenblatt {

struct Conv2DSpec {
    int filters;
    Sides kernel, stride, padding;
    int groups;
    MemberSpec activation;
    std::optional<MemberSpec> normalization;
    double dropout;
    bool residual;
};

namespace convolution {

// Where the terms of a sum lie: `blocks` of `lines` of `length` terms, and how far they are apart.
struct Terms {
    int blocks;
    std::ptrdiff_t block_step;
    int lines;
    std::ptrdiff_t line_step;
    int length;
    std::ptrdiff_t step;
};

// As product::tile, with such terms.
template <int rows, int vectors, class T, product::InRegister Epilogue>
void tile(const Terms &terms, const T *a, std::ptrdiff_t a_row, const T *b, std::ptrdiff_t b_step,
          Accumulate<T> start, T *c, std::ptrdiff_t c_row, int columns, Epilogue epilogue) {
    constexpr int w = simd::width<T>;
    const int last = columns - (vectors - 1) * w; // lanes of the last vector
    simd::Vector<T> sum[rows][vectors];
    const T *begin = start.c ? c : start.row;
    const std::ptrdiff_t begin_row = start.c ? c_row : 0;
    simd::unrolled<rows>([&](auto r) {
        simd::unrolled<vectors>([&](auto v) {
            const T *from = begin + r * begin_row + v * w;
            sum[r][v] = v + 1 < vectors ? simd::load(from) : simd::load_lanes(from, last);
        });
    });
    for (int block = 0; block < terms.blocks; ++block, a += terms.block_step) {
        const T *line = a;
        for (int of_block = 0; of_block < terms.lines; ++of_block, line += terms.line_step) {
            const T *at = line;
#pragma GCC unroll 4
            for (int i = 0; i < terms.length; ++i, at += terms.step, b += b_step) {
                simd::Vector<T> factors[vectors];
                simd::unrolled<vectors>([&](auto v) { factors[v] = simd::load(b + v * w); });
                simd::unrolled<rows>([&](auto r) {
                    const simd::Vector<T> x = simd::broadcast(at[r * a_row]);
                    simd::unrolled<vectors>([&](auto v) { sum[r][v] += x * factors[v]; });
                });
            }
        }
    }
    simd::unrolled<rows>([&](auto r) {
        simd::unrolled<vectors>([&](auto v) {
            T *to = c + r * c_row + v * w;
            const simd::Vector<T> finished = epilogue.in_register(sum[r][v]);
            if (v + 1 < vectors)
                simd::store(to, finished);
            else
                simd::store_lanes(to, finished, last);
        });
    });
}

template <class T, class Epilogue>
using TileKernel = void (*)(const Terms &, const T *, std::ptrdiff_t, const T *, std::ptrdiff_t,
                            Accumulate<T>, T *, std::ptrdiff_t, int, Epilogue);

template <class T, class Epilogue, int vectors, int... row>
TileKernel<T, Epilogue> kernel_for(int rows, std::integer_sequence<int, row...>) {
    static constexpr TileKernel<T, Epilogue> all[] = {tile<row + 1, vectors, T, Epilogue>...};
    return all[rows - 1];
}

inline int vectors_of(int columns, int width) { return columns > width ? 2 : 1; }

// C (m, columns) = epilogue(start + A B), up to two vectors of columns, B a panel.
template <class T, class Epilogue>
void multiply(int m, int columns, const Terms &terms, const T *a, std::ptrdiff_t a_row, const T *panel,
              const Accumulate<T> &start, T *c, std::ptrdiff_t c_row, Epilogue epilogue) {
    const int vectors = vectors_of(columns, simd::width<T>);
    constexpr std::make_integer_sequence<int, product::tile_rows> heights;
    const int tiles = (m + product::tile_rows - 1) / product::tile_rows;
    for (int i = 0, row = 0; i < tiles; ++i) {
        const int rows = (m - row) / (tiles - i);
        const auto kernel = vectors == 2 ? kernel_for<T, Epilogue, 2>(rows, heights)
                                         : kernel_for<T, Epilogue, 1>(rows, heights);
        kernel(terms, a + row * a_row, a_row, panel, vectors * simd::width<T>, start, c + row * c_row, c_row,
               columns, epilogue);
        row += rows;
    }
}

} // namespace convolution

// a = g(z), z[y, x, f] = Σ X[s y + i - p, s x + j - p, c] W[i, j, c, f] + b[f] (theory C1); δ = g'(z) ⊙
// upstream, dW (C2) and db (C3) by way of what the windows see, and dx (C4) by what they give back. In the
// flat vector: W, b.
template <class T> struct Convolution {
    static constexpr bool in_place = false;
    Picture in, out;
    Sides kernel, stride, padding;
    int groups;
    int n_outputs;
    std::size_t offset;
    Activation activation;
    bool adds_to_dx; // to the gradient that a residual connection has written there

    std::size_t n_weights() const { return std::size_t(window_size()) * std::size_t(out.channels); }
    std::vector<ParameterRange> parameters() const {
        return {{offset, n_weights(), true}, {offset + n_weights(), std::size_t(out.channels), false}};
    }
    UnitWeights unit_weights() const { return {offset, 0, 0}; } // nothing to project
    std::size_t multiplications() const { return n_weights() * std::size_t(out.pixels()); }

    std::size_t scratch_size(int) const {
        const std::size_t weights = std::size_t(window_size()) * panel_columns();
        const std::size_t deltas = std::size_t(out.pixels()) * widest;
        const std::size_t patches =
            std::size_t(strip_lines()) * std::size_t(out.width) * std::size_t(window_size()) +
            product::scratch_size<T>(group_filters());
        return at_panels() + std::max({weights, deltas, patches});
    }

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &x, T *a) const {
        visit_from_output(activation, [&](auto g) { forward_with(g, pass, x, a); });
    }

    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &x, const T *a, T *delta,
                                    T *dx) const {
        T *dW = pass.gradient + offset, *db = dW + n_weights();
        if (!pass.accumulate) std::fill_n(dW, n_weights(), T(0));
        clear_border(pass);
        for (int row = 0; row < pass.rows; ++row) {
            const std::ptrdiff_t at = std::ptrdiff_t(row) * n_outputs;
            visit_from_output(activation, [&](auto g) {
                scale_by_derivative(g, out.pixels(), out.channels, out.channels, a + at, delta + at,
                                    pass.accumulate || row > 0, db);
            });
            add_weight_gradient(pass, bordered(pass, x, row), delta + at, dW);
        }
        if (dx) input_gradient(pass, delta, dx);
    }

  private:
    static constexpr int widest = product::panel_width<T>;
    // Numbers that windows give back before they are added to the picture: they stay in the second cache.
    static constexpr int strip_size = 131072 / int(sizeof(T));

    int group_channels() const { return in.channels / groups; }
    int group_filters() const { return out.channels / groups; }
    int window_size() const { return kernel.pixels() * group_channels(); }
    bool has_border() const { return padding.height > 0 || padding.width > 0; }
    Picture with_border() const {
        return {in.height + 2 * padding.height, in.width + 2 * padding.width, in.channels};
    }

    // Of scratch: a row written out, a picture with its border, panels.
    std::size_t at_border() const { return std::size_t(in.size()); }
    std::size_t at_panels() const {
        const Picture padded = with_border();
        return at_border() + (has_border() ? std::size_t(padded.pixels()) * std::size_t(in.channels) : 0);
    }
    std::size_t panel_columns() const {
        const int panels = (group_filters() + widest - 1) / widest;
        return std::size_t(groups) * std::size_t(panels) * std::size_t(widest);
    }
    int strip_lines() const { return std::max(1, strip_size / std::max(1, out.width * window_size())); }

    // Calls visit(group, first filter, filters, vectors) for every panel of filters.
    template <class Visit> void for_each_panel(Visit visit) const {
        for (int group = 0; group < groups; ++group)
            for (int first = 0; first < group_filters(); first += widest) {
                const int columns = std::min(widest, group_filters() - first);
                visit(group, group * group_filters() + first, columns,
                      convolution::vectors_of(columns, simd::width<T>));
            }
    }

    void clear_border(const Pass<T> &pass) const {
        if (has_border()) std::fill(pass.scratch + at_border(), pass.scratch + at_panels(), T(0));
    }

    const T *bordered(const Pass<T> &pass, const Rows<T> &x, int row) const {
        const T *from = dense_row(pass, x, row, in.size());
        if (!has_border()) return from;
        const Picture padded = with_border();
        T *all = pass.scratch + at_border();
        T *to = all + std::ptrdiff_t(padding.height) * padded.line() + padding.width * in.channels;
        for (int line = 0; line < in.height; ++line, from += in.line(), to += padded.line())
            simd::copy(from, in.line(), to);
        return all;
    }

    // What a window sees of the channels of a group, from its first pixel on.
    convolution::Terms window_terms() const {
        const std::ptrdiff_t line = with_border().line();
        if (groups == 1) return {1, 0, kernel.height, line, kernel.width * in.channels, 1};
        return {kernel.height, line, kernel.width, in.channels, group_channels(), 1};
    }

    template <class G> void forward_with(G g, const Pass<T> &pass, const Rows<T> &x, T *a) const {
        using Epilogue = ActivationEpilogue<G>;
        constexpr bool in_register = product::InRegister<Epilogue>;
        using OnStore = std::conditional_t<in_register, Epilogue, NoEpilogue>;
        const T *W = pass.theta + offset, *b = W + n_weights();
        T *panels = pass.scratch + at_panels();
        const int size = window_size();
        T *to = panels;
        for_each_panel([&](int, int first, int columns, int vectors) {
            product::pack<T>({W, out.channels}, size, first, columns, vectors, to);
            to += std::ptrdiff_t(size) * vectors * simd::width<T>;
        });
        clear_border(pass);
        const convolution::Terms terms = window_terms();
        const std::ptrdiff_t line = std::ptrdiff_t(stride.height) * with_border().line();
        for (int row = 0; row < pass.rows; ++row, a += n_outputs) {
            const T *picture = bordered(pass, x, row), *panel = panels;
            for_each_panel([&](int group, int first, int columns, int vectors) {
                const T *seen = picture + group * group_channels();
                T *z = a + first;
                for (int y = 0; y < out.height; ++y, seen += line, z += out.line())
                    convolution::multiply<T>(out.width, columns, terms, seen, stride.width * in.channels,
                                             panel, {b + first, false}, z, out.channels, OnStore{});
                panel += std::ptrdiff_t(size) * vectors * simd::width<T>;
            });
            if constexpr (!in_register) apply(g, n_outputs, a, a);
        }
    }

    // dW += what the windows of one picture see, times δ.
    void add_weight_gradient(const Pass<T> &pass, const T *picture, const T *delta, T *dW) const {
        const std::ptrdiff_t line = with_border().line();
        const convolution::Terms terms{
            1, 0, out.height, stride.height * line, out.width, std::ptrdiff_t(stride.width) * in.channels};
        // Pixels of a line that a window sees are one stretch, but for groups.
        const int stretches = groups == 1 ? 1 : kernel.width,
                  length = window_size() / kernel.height / stretches;
        for_each_panel([&](int group, int first, int columns, int vectors) {
            const T *panel = delta;
            if (columns != out.channels || columns != vectors * simd::width<T>) {
                T *packed = pass.scratch + at_panels();
                product::pack<T>({delta, out.channels}, out.pixels(), first, columns, vectors, packed);
                panel = packed;
            }
            T *to = dW + first;
            for (int i = 0; i < kernel.height; ++i)
                for (int j = 0; j < stretches; ++j, to += std::ptrdiff_t(length) * out.channels)
                    convolution::multiply<T>(length, columns, terms,
                                             picture + i * line + j * in.channels + group * group_channels(),
                                             1, panel, {.c = true}, to, out.channels, NoEpilogue{});
        });
    }

    // What each window gives back, δ Wᵀ, strip by strip of the lines of all pictures, added to the pixels
    // that it sees.
    void input_gradient(const Pass<T> &pass, const T *delta, T *dx) const {
        if (!adds_to_dx) std::fill_n(dx, std::size_t(pass.rows) * std::size_t(in.size()), T(0));
        const T *W = pass.theta + offset;
        const int size = window_size(), filters = group_filters();
        const std::ptrdiff_t lines = std::ptrdiff_t(pass.rows) * out.height;
        T *patches = pass.scratch + at_panels();
        T *panel = patches + std::ptrdiff_t(strip_lines()) * out.width * size;
        for (std::ptrdiff_t first = 0; first < lines; first += strip_lines()) {
            const int n = int(std::min<std::ptrdiff_t>(strip_lines(), lines - first));
            for (int group = 0; group < groups; ++group) {
                const int at = group * filters;
                multiply_tiled<T>(
                    n * out.width, size, filters, {delta + first * out.line() + at, out.channels},
                    {W + at, out.channels, Transpose::yes}, {}, patches, panel, NoEpilogue{}, size);
                for (int k = 0; k < n; ++k) {
                    const std::ptrdiff_t picture = (first + k) / out.height;
                    add_line(int((first + k) % out.height), group,
                             patches + std::ptrdiff_t(k) * out.width * size, dx + picture * in.size());
                }
            }
        }
    }

    // What the windows of one line give back.
    void add_line(int y, int group, const T *patches, T *dx) const {
        const int channels = group_channels(), size = window_size();
        for (int i = 0; i < kernel.height; ++i) {
            const int line = y * stride.height + i - padding.height;
            if (line < 0 || line >= in.height) continue;
            T *to = dx + std::ptrdiff_t(line) * in.line() + group * channels;
            const T *from = patches + i * kernel.width * channels;
            for (int x = 0; x < out.width; ++x, from += size) {
                const int left = x * stride.width - padding.width;
                const int begin = std::max(0, -left), end = std::min(kernel.width, in.width - left);
                if (groups == 1) {
                    add((end - begin) * channels, from + begin * channels,
                        to + std::ptrdiff_t(left + begin) * channels);
                    continue;
                }
                for (int j = begin; j < end; ++j)
                    add(channels, from + j * channels, to + std::ptrdiff_t(left + j) * in.channels);
            }
        }
    }

    static void add(int n, const T *from, T *to) {
#pragma omp simd
        for (int i = 0; i < n; ++i) to[i] += from[i];
    }
};

} // namespace rosenblatt
