// Pictures varied at random while training: the layers that `network/augmentations.py` specifies.
#pragma once

#include "philox.hpp"
#include "pictures.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <variant>
#include <vector>

namespace rosenblatt {

namespace augmentation {

// Two random words of a picture.
struct Drawn {
    std::uint32_t u, v;
};

// One of the whole numbers 0 … n - 1.
inline int below(std::uint32_t word, int n) { return int(std::uint64_t(word) * std::uint64_t(n) >> 32); }

// Row i and column j are row top + i·down and column left + j·right of the picture.
struct Placement {
    int top, left, down = 1, right = 1;
};

// Every transform calls visit(pixel of the result, pixel of the picture, weight): results are weighted sums.
template <class Visit>
void for_each_source(const Placement &at, const Picture &in, const Picture &out, Visit visit) {
    for (int i = 0; i < out.height; ++i) {
        const int row = at.top + i * at.down;
        if (row < 0 || row >= in.height) continue;
        for (int j = 0; j < out.width; ++j) {
            const int column = at.left + j * at.right;
            if (column >= 0 && column < in.width)
                visit(i * out.width + j, row * in.width + column, std::integral_constant<int, 1>{});
        }
    }
}

struct Flip {
    bool horizontal, vertical;

    bool changes() const { return horizontal || vertical; }
    Picture result(const Picture &in) const { return in; }
    template <class Visit>
    void sources(const Drawn &drawn, const Picture &in, const Picture &out, Visit visit) const {
        const bool beside = horizontal && below(drawn.u, 2) == 1, upside = vertical && below(drawn.v, 2) == 1;
        for_each_source({.top = upside ? in.height - 1 : 0,
                         .left = beside ? in.width - 1 : 0,
                         .down = upside ? -1 : 1,
                         .right = beside ? -1 : 1},
                        in, out, visit);
    }
};

struct Shift {
    Sides pixels;

    bool changes() const { return pixels.height > 0 || pixels.width > 0; }
    Picture result(const Picture &in) const {
        if (pixels.height < 0 || pixels.width < 0 || pixels.height >= in.height || pixels.width >= in.width)
            throw std::invalid_argument("a shift is by fewer pixels than the picture has");
        return in;
    }
    template <class Visit>
    void sources(const Drawn &drawn, const Picture &in, const Picture &out, Visit visit) const {
        for_each_source({.top = pixels.height - below(drawn.u, 2 * pixels.height + 1),
                         .left = pixels.width - below(drawn.v, 2 * pixels.width + 1)},
                        in, out, visit);
    }
};

// From the middle where it is not random.
struct Crop {
    Sides size, padding;
    bool random;

    bool changes() const { return true; }
    Picture result(const Picture &in) const {
        constexpr int most = 1 << 15;
        if (size.height < 1 || size.width < 1 || size.height > in.height || size.width > in.width)
            throw std::invalid_argument("a part is no larger than its picture");
        if (padding.height < 0 || padding.width < 0 || padding.height >= most || padding.width >= most)
            throw std::invalid_argument("a border has 0 pixels or more");
        return {size.height, size.width, in.channels};
    }
    template <class Visit>
    void sources(const Drawn &drawn, const Picture &in, const Picture &out, Visit visit) const {
        const int down = in.height - size.height, right = in.width - size.width;
        if (!random) return for_each_source({.top = down / 2, .left = right / 2}, in, out, visit);
        for_each_source({.top = below(drawn.u, down + 2 * padding.height + 1) - padding.height,
                         .left = below(drawn.v, right + 2 * padding.width + 1) - padding.width},
                        in, out, visit);
    }
};

// Bilinear between pixels.
struct Rotate {
    double degrees;

    bool changes() const { return degrees > 0; }
    Picture result(const Picture &in) const {
        if (!(degrees >= 0 && degrees <= 180)) throw std::invalid_argument("degrees are from 0 to 180");
        return in;
    }
    template <class Visit>
    void sources(const Drawn &drawn, const Picture &in, const Picture &, Visit visit) const {
        constexpr double of_degree = 3.14159265358979323846 / 180;
        const double angle = (2 * (drawn.u * 0x1p-32) - 1) * degrees * of_degree;
        const double c = std::cos(angle), s = std::sin(angle);
        const double middle = (in.height - 1) / 2.0, center = (in.width - 1) / 2.0;
        for (int i = 0; i < in.height; ++i)
            for (int j = 0; j < in.width; ++j) {
                const double y = c * (i - middle) + s * (j - center) + middle;
                const double x = c * (j - center) - s * (i - middle) + center;
                const double above = std::floor(y), before = std::floor(x);
                const double lower = y - above, right = x - before;
                const int row = int(above), column = int(before), to = i * in.width + j;
                const auto take = [&](int at_row, int at_column, double weight) {
                    if (at_row >= 0 && at_row < in.height && at_column >= 0 && at_column < in.width)
                        visit(to, at_row * in.width + at_column, weight);
                };
                take(row, column, (1 - lower) * (1 - right));
                take(row, column + 1, (1 - lower) * right);
                take(row + 1, column, lower * (1 - right));
                take(row + 1, column + 1, lower * right);
            }
    }
};

struct Cutout {
    Sides size;

    bool changes() const { return size.height > 0 && size.width > 0; }
    Picture result(const Picture &in) const {
        if (size.height < 0 || size.width < 0 || size.height > in.height || size.width > in.width)
            throw std::invalid_argument("what is cut out is no larger than the picture");
        return in;
    }
    template <class Visit>
    void sources(const Drawn &drawn, const Picture &in, const Picture &out, Visit visit) const {
        const int top = below(drawn.u, in.height) - size.height / 2;
        const int left = below(drawn.v, in.width) - size.width / 2;
        for_each_source(Placement{0, 0}, in, out, [&](int to, int from, auto weight) {
            const int i = to / in.width - top, j = to % in.width - left;
            if (i < 0 || i >= size.height || j < 0 || j >= size.width) visit(to, from, weight);
        });
    }
};

using Transform = std::variant<Flip, Shift, Crop, Rotate, Cutout>;

} // namespace augmentation

struct AugmentationSpec {
    augmentation::Transform transform;
};

// y = A x for each picture, A drawn at random (theory C8); dx = Aᵀ dy, with A drawn again.
template <class T> struct Augmentation {
    static constexpr bool in_place = false;
    Picture in, out;
    int n_outputs;
    augmentation::Transform transform;
    int stream; // number of the block, from 1
    bool training_only;

    std::vector<ParameterRange> parameters() const { return {}; }
    UnitWeights unit_weights() const { return {0, 0, 0}; }
    std::size_t scratch_size(int) const { return std::size_t(in.size()); } // a row written out

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &input, T *y) const {
        std::fill_n(y, std::size_t(pass.rows) * std::size_t(n_outputs), T(0));
        for_each_row(pass, [&](int row, const auto &kind, const augmentation::Drawn &drawn) {
            const T *x = dense_row(pass, input, row, in.size());
            T *result = y + std::ptrdiff_t(row) * n_outputs;
            kind.sources(drawn, in, out, [&](int to, int from, auto weight) {
                add(x + std::ptrdiff_t(from) * in.channels, weight,
                    result + std::ptrdiff_t(to) * in.channels);
            });
        });
    }

    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &, const T *, T *dy, T *dx) const {
        if (!dx) return;
        std::fill_n(dx, std::size_t(pass.rows) * std::size_t(in.size()), T(0));
        for_each_row(pass, [&](int row, const auto &kind, const augmentation::Drawn &drawn) {
            const T *gradient = dy + std::ptrdiff_t(row) * n_outputs;
            T *below = dx + std::ptrdiff_t(row) * in.size();
            kind.sources(drawn, in, out, [&](int to, int from, auto weight) {
                add(gradient + std::ptrdiff_t(to) * in.channels, weight,
                    below + std::ptrdiff_t(from) * in.channels);
            });
        });
    }

  private:
    // Calls visit(row, transform, what it draws) for all rows of the pass: words of the rows' places in the
    // batch.
    template <class Visit> void for_each_row(const Pass<T> &pass, Visit visit) const {
        std::visit(
            [&](const auto &kind) {
                const auto begin = 2 * std::uint64_t(pass.row);
                philox::Stream{pass.seed, pass.step, stream}.for_each(
                    begin, begin + 2 * std::uint64_t(pass.rows),
                    [&](std::ptrdiff_t at, const std::uint32_t *words, int n) {
                        for (int i = 0; i < n; i += 2)
                            visit(int(at + i) / 2, kind, augmentation::Drawn{words[i], words[i + 1]});
                    });
            },
            transform);
    }

    template <class Weight> void add(const T *from, Weight weight, T *to) const {
        for (int channel = 0; channel < in.channels; ++channel) to[channel] += T(weight) * from[channel];
    }
};

} // namespace rosenblatt
