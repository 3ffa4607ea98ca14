// Predictions of coalitions: rows that have some columns of one row, and all others of a row of a background.
//
// What the first layer takes is a sum over columns. The share of every row and column in it is given, so that
// a coalition is one that differs in one column, and that column's share exchanged: a walk goes from one to
// the next (E2), in the order of Gray's code or of a permutation. Sums are kept in double, because a walk may
// be long.
#pragma once

#include "elementwise.hpp"
#include "predictor.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace rosenblatt {

// Shares in the first layer's sums, shape (rows, columns, units), of rows to explain and of the background;
// and the sums of the background's rows, shape (rows, units).
template <class T> struct ColumnShares {
    const T *rows, *background;
    const double *sums;
    int columns;
};

// Walk k begins at background row `backgrounds[k]`. Every step of [starts[k], starts[k + 1]) exchanges a
// column with row `rows[k]`, or back.
struct Walks {
    const std::int32_t *rows, *backgrounds;
    const std::int64_t *starts;
    const std::int32_t *steps;
    std::int64_t n;
};

template <class T> class CoalitionPredictor {
  public:
    // The sums pass `first`, and what it gives the chain.
    CoalitionPredictor(Activation first, Chain<T> rest, Loss loss)
        : first_(first), rest_(std::move(rest)), loss_(loss) {}

    const Chain<T> &rest() const { return rest_; }
    int units() const { return rest_.n_inputs; }
    bool calls_blas() const { return rest_.longest_sum(1) > longest_tiled_sum; }

    // Writes the prediction after each step of the walks, shape (steps, n_scores), by so many threads. The
    // cut into tasks follows from the walks alone, so that results do not depend on the threads.
    void operator()(const ColumnShares<T> &shares, const Walks &walks, const T *theta, const T *state, T *out,
                    int threads) const {
        const std::int64_t steps = walks.starts[walks.n], most = std::min(rows_of_block(rest_), rows_at_once);
        const int tasks = int(std::clamp<std::int64_t>(steps / most, 1, most_tasks));
        std::vector<Task> all;
        for (int i = 0; i < tasks; ++i)
            all.push_back({Workspace<T>(rest_, int(most), true, 0, Purpose::predict),
                           std::vector<double>(std::size_t(units())),
                           std::vector<char>(std::size_t(shares.columns))});
        ThreadTeam::run({.tasks = tasks, .threads = std::clamp(threads, 1, tasks)}, [&](TeamThread &thread) {
            while (thread.next_step())
                thread.phase([&](int task) {
                    const auto [from, to] = part_of(steps, task, tasks);
                    const auto *const end = walks.starts + walks.n;
                    walk(shares, walks, std::lower_bound(walks.starts, end, from) - walks.starts,
                         std::lower_bound(walks.starts, end, to) - walks.starts, theta, state, out,
                         all[std::size_t(task)]);
                });
        });
    }

  private:
    static constexpr std::int64_t rows_at_once = 512; // their sums stay in the second cache
    static constexpr int most_tasks = 16;

    struct Task {
        Workspace<T> space;
        std::vector<double> sums;
        std::vector<char> is_in; // whether a column is the row's
    };

    // The walks [from, to).
    void walk(const ColumnShares<T> &shares, const Walks &walks, std::int64_t from, std::int64_t to,
              const T *theta, const T *state, T *out, Task &task) const {
        const Denormals in_full(Denormals::kept);
        const int n = units();
        const std::ptrdiff_t size = std::ptrdiff_t(shares.columns) * n;
        const Workspace<T> &space = task.space;
        double *const sums = task.sums.data();
        out += (from < walks.n ? walks.starts[from] : 0) * rest_.n_scores();
        int rows = 0;
        for (std::int64_t k = from; k < to; ++k) {
            const T *const of_row = shares.rows + walks.rows[k] * size;
            const T *const of_background = shares.background + walks.backgrounds[k] * size;
            std::copy_n(shares.sums + std::ptrdiff_t(walks.backgrounds[k]) * n, n, sums);
            std::fill(task.is_in.begin(), task.is_in.end(), false);
            for (std::int64_t i = walks.starts[k]; i < walks.starts[k + 1]; ++i) {
                const std::ptrdiff_t at = std::ptrdiff_t(walks.steps[i]) * n;
                char &in = task.is_in[std::size_t(walks.steps[i])];
                exchange(n, (in ? of_background : of_row) + at, (in ? of_row : of_background) + at, sums,
                         space.input + std::ptrdiff_t(rows) * n);
                in = !in;
                if (++rows == space.block_rows) {
                    out = predict(rows, theta, state, space, out);
                    rows = 0;
                }
            }
        }
        if (rows > 0) predict(rows, theta, state, space, out);
    }

    // sums += entering - leaving, rounded to z.
    static void exchange(int n, const T *entering, const T *leaving, double *sums, T *z) {
#pragma omp simd
        for (int i = 0; i < n; ++i) {
            sums[i] += double(entering[i]) - double(leaving[i]);
            z[i] = T(sums[i]);
        }
    }

    // Predictions of the rows whose sums are gathered; returns where the next ones are written.
    T *predict(int rows, const T *theta, const T *state, const Workspace<T> &space, T *out) const {
        activate(rows, space.input);
        const auto input = Rows<T>::contiguous(space.input);
        const Pass<T> pass{.theta = theta,
                           .gradient = nullptr,
                           .scratch = space.scratch,
                           .rows = rows,
                           .space = &space,
                           .input = &input,
                           .state = state};
        return std::copy_n(predict_block(rest_, loss_, pass), std::ptrdiff_t(rows) * rest_.n_scores(), out);
    }

    void activate(int rows, T *z) const {
        const std::ptrdiff_t size = std::ptrdiff_t(rows) * units();
        std::visit(
            [&](const auto &g) {
                using G = std::remove_cvref_t<decltype(g)>;
                if constexpr (Rowwise<G>) {
                    for (std::ptrdiff_t at = 0; at < size; at += units()) g.forward_row(z + at, units());
                } else if constexpr (!std::is_same_v<G, Identity>) {
                    apply(g, size, z, z);
                }
            },
            first_);
    }

    Activation first_;
    Chain<T> rest_;
    Loss loss_;
};

} // namespace rosenblatt
