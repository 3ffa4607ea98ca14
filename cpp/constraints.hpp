// Weights kept within bounds after every step: the native twins of constraints.py.
#pragma once

#include "members.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace rosenblatt {

struct NoConstraint {
    static constexpr auto name = "NoConstraint";
    static constexpr auto fields = no_fields<NoConstraint>;

    template <class T> static void project(T *, int, int, int, int) {}
};

struct MaxNorm {
    double limit = 0;

    static constexpr auto name = "MaxNorm";
    static constexpr std::array fields{Field<MaxNorm>{"limit", &MaxNorm::limit}};

    // The columns [from, to) of W, shape (rows, columns): a unit's incoming weights stand in one. A strip of
    // them is read row by row, so that its lines are whole.
    template <class T> void project(T *W, int rows, int columns, int from, int to) const {
        constexpr int strip = 64;
        for (int start = from; start < to; start += strip) {
            const int width = std::min(strip, to - start);
            T factor[strip] = {}; // first the squared norm
            for (int row = 0; row < rows; ++row) {
                const T *w = W + std::ptrdiff_t(row) * columns + start;
                for (int i = 0; i < width; ++i) factor[i] += w[i] * w[i];
            }
            bool longer = false;
            for (int i = 0; i < width; ++i) {
                const double norm = std::sqrt(double(factor[i]));
                const bool within = norm <= limit; // written so that NaN passes
                factor[i] = within ? T(1) : T(limit / norm);
                longer |= !within;
            }
            if (!longer) continue;
            for (int row = 0; row < rows; ++row) {
                T *w = W + std::ptrdiff_t(row) * columns + start;
                for (int i = 0; i < width; ++i) w[i] *= factor[i];
            }
        }
    }
};

} // namespace rosenblatt
