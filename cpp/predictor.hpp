// Prediction: rows through a chain and through the loss's inverse link, for many rows or for one.
#pragma once

#include "propagate.hpp"
#include "thread_team.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>
#include <variant>
#include <vector>

namespace rosenblatt {

// The mean of an ensemble's members, in place of all of theirs.
template <class T> void average_members(const Chain<T> &chain, T *predictions, int rows) {
    const int members = chain.n_members, n = chain.n_scores();
    if (members == 1) return;
    for (int row = 0; row < rows; ++row) {
        const T *all = predictions + std::ptrdiff_t(row) * members * n;
        T *mean = predictions + std::ptrdiff_t(row) * n;
        for (int i = 0; i < n; ++i) {
            T sum = 0;
            for (int m = 0; m < members; ++m) sum += all[m * n + i];
            mean[i] = sum / T(members);
        }
    }
}

// A block of rows through the chain and the link: its predictions, shape (rows, n_scores), in the workspace.
template <class T> const T *predict_block(const Chain<T> &chain, const Loss &loss, const Pass<T> &pass) {
    forward(chain, pass, 0, chain.layers.size());
    T *scores = pass.space->outputs.back();
    std::visit([&](const auto &l) { l.inverse_link(scores, pass.rows * chain.n_members, chain.n_scores()); },
               loss);
    average_members(chain, scores, pass.rows);
    return scores;
}

// Calls may come from several threads at once: the parameters are only read, and a call that finds the memory
// kept for few rows in use allocates its own.
template <class T> class Predictor {
  public:
    // With `both_classes` the one probability p of a row is written as 1 - p, p. With `fixed_cut` rows pass
    // in blocks that follow from their number alone, whatever the number of threads.
    Predictor(Chain<T> chain, Loss loss, bool both_classes, bool fixed_cut)
        : chain_(std::move(chain)), loss_(loss), both_classes_(both_classes), fixed_cut_(fixed_cut) {
        if (both_classes && chain_.n_scores() != 1)
            throw std::invalid_argument("two classes have one output");
    }

    const Chain<T> &chain() const { return chain_; }
    int columns() const { return both_classes_ ? 2 : chain_.n_scores(); }
    // Whether a product over several rows may go to BLAS, whose threads the caller then has to limit.
    bool calls_blas() const { return chain_.calls_blas(1); }

    // Writes predictions, shape (rows, columns()). With `finite`, returns false if an input is not, and the
    // output is meaningless. Rows are distributed over `threads`, of which `at_once` run, if it is not 0.
    bool operator()(const Matrix<T> &X, const T *theta, const T *state, T *out, int threads, bool finite,
                    int at_once = 0) {
        std::unique_lock lock(busy_, std::defer_lock);
        if (threads == 1 && X.rows <= few && !X.bytes && lock.try_lock()) {
            if (!kept_)
                kept_.emplace(chain_, std::min(int(few), chain_.rows_in_cache(1)), false, 0,
                              Purpose::predict);
            return predict(X, 0, X.rows, theta, state, out, finite, *kept_);
        }
        threads = std::clamp(threads, 1, ThreadTeam::most_tasks);
        const std::int64_t most = rows_of_block(chain_);
        const std::int64_t block =
            fixed_cut_ ? std::clamp(X.rows / ThreadTeam::most_tasks, std::min(smallest_block, most), most)
                       : most;
        std::vector<Workspace<T>> spaces;
        for (int i = 0; i < threads; ++i)
            spaces.emplace_back(chain_, int(std::min(X.rows, block)), X.bytes != nullptr, 0,
                                Purpose::predict);
        std::atomic<bool> all_good{true};
        std::atomic<std::int64_t> next{0};
        const auto pass = [&](std::int64_t from, std::int64_t to, int task) {
            if (!predict(X, from, to, theta, state, out, finite, spaces[std::size_t(task)]))
                all_good.store(false, std::memory_order_relaxed);
        };
        const int running = at_once > 0 ? std::min(threads, at_once) : threads;
        ThreadTeam::run({.tasks = threads, .threads = running}, [&](TeamThread &thread) {
            while (thread.next_step())
                thread.phase([&](int task) {
                    if (!fixed_cut_) {
                        const auto [from, to] = part_of(X.rows, task, threads);
                        return pass(from, to, task);
                    }
                    for (std::int64_t from; (from = next.fetch_add(block)) < X.rows;)
                        pass(from, std::min(from + block, X.rows), task);
                });
        });
        return all_good;
    }

  private:
    // So many rows pass through memory that is kept from call to call.
    static constexpr std::int64_t few = 64;
    // Rows of the smallest block of a fixed cut: every block packs the weights anew.
    static constexpr std::int64_t smallest_block = 128;

    bool predict(const Matrix<T> &X, std::int64_t from, std::int64_t to, const T *theta, const T *state,
                 T *out, bool finite, const Workspace<T> &space) const {
        const Denormals in_full(Denormals::kept); // a probability may be as small as that
        for (std::int64_t first = from; first < to; first += space.block_rows) {
            const int n = int(std::min<std::int64_t>(space.block_rows, to - first));
            const Rows<T> input = input_rows(X, Order::consecutive(first, n), n, space.input);
            if (finite && !all_finite(input.dense, std::size_t(n) * std::size_t(chain_.n_inputs)))
                return false;
            const Pass<T> pass{.theta = theta,
                               .gradient = nullptr,
                               .scratch = space.scratch,
                               .rows = n,
                               .row = first,
                               .precision = chain_.precision,
                               .space = &space,
                               .input = &input,
                               .state = state};
            const T *scores = predict_block(chain_, loss_, pass);
            const int outputs = chain_.n_scores();
            if (finite && !all_finite(scores, std::size_t(n) * std::size_t(outputs))) return false;
            write(scores, n, out + first * columns());
        }
        return true;
    }

    void write(const T *predictions, int rows, T *out) const {
        if (!both_classes_)
            std::copy_n(predictions, std::ptrdiff_t(rows) * columns(), out);
        else
            for (int row = 0; row < rows; ++row) {
                out[2 * row] = 1 - predictions[row];
                out[2 * row + 1] = predictions[row];
            }
    }

    Chain<T> chain_;
    Loss loss_;
    bool both_classes_, fixed_cut_;
    std::optional<Workspace<T>> kept_;
    std::mutex busy_;
};

} // namespace rosenblatt
