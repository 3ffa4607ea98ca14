// Projections of the weights after every step: the native twins of constraints.py.
#pragma once

#include "members.hpp"
#include "norm.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace rosenblatt {

struct NoConstraint {
    static constexpr auto name = "NoConstraint";
    static constexpr auto fields = no_fields<NoConstraint>;

    template <class T> static void project(T *, int, int, int, int) {}
};

struct MaxNorm {
    double limit = 0;

    static constexpr auto name = "MaxNorm";
    static constexpr std::array fields{field<&MaxNorm::limit>("limit")};

    // The columns [from, to) of W, shape (rows, columns); a column holds a unit's incoming weights. Strips of
    // columns are read row by row, in whole cache lines.
    template <class T> void project(T *W, int rows, int columns, int from, int to) const {
        constexpr int strip = 64;
        for (int start = from; start < to; start += strip) {
            const int width = std::min(strip, to - start);
            T factor[strip] = {}; // first the squared norm
            for (int row = 0; row < rows; ++row) {
                const T *w = W + std::ptrdiff_t(row) * columns + start;
                for (int i = 0; i < width; ++i) factor[i] += w[i] * w[i];
            }
            bool longer = false, vanishing = false;
            for (int i = 0; i < width; ++i) {
                const double norm = std::sqrt(double(factor[i]));
                const bool within = norm <= limit; // written so that NaN passes
                factor[i] = within ? T(1) : T(limit / norm);
                longer |= !within;
                vanishing |= vanishes(factor[i]);
            }
            if (!longer) continue;
            if (vanishing)
                for (int i = 0; i < width; ++i)
                    if (vanishes(factor[i])) {
                        scale_column(W + start + i, rows, columns);
                        factor[i] = 1;
                    }
            for (int row = 0; row < rows; ++row) {
                T *w = W + std::ptrdiff_t(row) * columns + start;
                for (int i = 0; i < width; ++i) w[i] *= factor[i];
            }
        }
    }

  private:
    // The factor underflows, as it does when squares overflow.
    template <class T> static bool vanishes(T factor) { return factor < std::numeric_limits<T>::min(); }

    // One column, whatever its norm.
    template <class T> [[gnu::noinline]] void scale_column(T *w, int rows, int columns) const {
        const auto squares = [=](double scale) {
            double sum = 0;
            for (int row = 0; row < rows; ++row) {
                const double x = scale * double(w[std::ptrdiff_t(row) * columns]);
                sum += x * x;
            }
            return sum;
        };
        const double plain = squares(1);
        const ScaleToNorm<T> scaled(limit, std::isfinite(plain) ? Norm::of(plain)
                                                                : Norm::of_scaled(squares(Norm::scale)));
        for (int row = 0; row < rows; ++row) {
            T &x = w[std::ptrdiff_t(row) * columns];
            x = scaled(x);
        }
    }
};

} // namespace rosenblatt
