// The engine: whole epochs, the objective of a full batch, and prediction, each in one call.
#pragma once

#include "propagate.hpp"
#include "threads.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <mutex>
#include <variant>
#include <vector>

namespace rosenblatt {

// Means over the rows seen: the weighted data loss and the penalty, apart.
struct Objective {
    double data_loss = 0, penalty = 0;
};

struct EpochResult {
    Objective objective;
    std::vector<double> gradient_norms; // per parametric layer: root mean square over the batches
    bool interrupted = false;
};

// The optimiser's memory: its slots, each of the size of θ, and the number of steps taken.
template <class T> struct Memory {
    T *slots[2];
    std::int64_t steps;
};

template <class T> class Engine {
  public:
    Engine(Chain<T> chain, Loss loss, Penalty penalty, int threads)
        : chain_(std::move(chain)), loss_(loss), penalty_(penalty),
          threads_(std::clamp(threads, 1, Crew::largest)) {}

    const Chain<T> &chain() const { return chain_; }
    // Whether some product may go to BLAS, whose threads the caller then has to hold.
    bool calls_blas() const { return chain_.longest_sum(int(largest_block)) > longest_tiled_sum; }
    int target_columns() const {
        return std::visit([&](auto l) { return l.target_columns(chain_.n_outputs); }, loss_);
    }

    // One pass over `n_rows` rows in the given order, a step for each batch; step s uses the rate
    // lr·factors[s]. Every so often `interrupted` is asked whether to leave early.
    EpochResult epoch(const Data<T> &data, Order order, std::int64_t n_rows, std::int64_t batch_size,
                      const Optimizer &optimizer, const double *factors, T *theta, Memory<T> &memory,
                      const std::function<bool()> &interrupted) {
        std::lock_guard lock(busy_);
        const std::int64_t share = (std::min(batch_size, n_rows) + threads_ - 1) / threads_;
        auto &spaces = workspaces(share, order.numbers && !data.X.sparse());
        std::vector<Tally> tallies(std::size_t(threads_), Tally(chain_.groups));
        const std::int64_t steps = (n_rows - 1) / batch_size + 1;
        bool left = false;
        auto asked = Clock::now();
        auto leave = [&] {
            if (Clock::now() - asked < patience) return false;
            asked = Clock::now();
            return left = interrupted();
        };
        // A step is two phases: the gradients of the batch's shares, then the parameters' shares moved.
        const std::int64_t done = Crew::run(
            threads_, steps, 2,
            [&](std::int64_t s, int phase, int item) {
                const std::int64_t begin = s * batch_size;
                const std::int64_t rows = std::min(batch_size, n_rows - begin);
                const double scale = 1 / (double(rows) * data.mean_weight);
                Tally &tally = tallies[std::size_t(item)];
                if (phase == 0) {
                    const auto [from, to] = share_of(rows, item);
                    tally.data_loss +=
                        loss_and_gradient(chain_, loss_, data, theta, order.from(begin + from), to - from,
                                          scale, memory.steps + s, from, spaces[std::size_t(item)]);
                } else {
                    update(item, spaces, optimizer, scale, double(rows), memory.steps + s + 1, factors[s],
                           theta, memory, tally);
                }
            },
            leave);
        memory.steps += done;
        const double rows_seen = double(std::min(n_rows, done * batch_size));
        return summary(tallies, rows_seen, data.mean_weight, double(done), left);
    }

    // The objective over all rows, and its gradient.
    Objective objective(const Data<T> &data, const T *theta, T *gradient) {
        const std::int64_t n = data.X.rows;
        std::lock_guard lock(busy_);
        const double scale = 1 / (double(n) * data.mean_weight);
        auto &spaces = workspaces((n + threads_ - 1) / threads_, false);
        std::vector<Tally> tallies(std::size_t(threads_), Tally(chain_.groups));
        Crew::run(
            threads_, 1, 2,
            [&](std::int64_t, int phase, int item) {
                Tally &tally = tallies[std::size_t(item)];
                if (phase == 0) {
                    const auto [from, to] = share_of(n, item);
                    tally.data_loss = loss_and_gradient(chain_, loss_, data, theta, Order{nullptr, from},
                                                        to - from, scale, 0, from, spaces[std::size_t(item)]);
                } else {
                    for_each_share(item, [&](const auto &segment, std::size_t begin, std::size_t end) {
                        add_up_gradients(spaces, begin, end);
                        tally.penalty += penalise(segment, begin, end, scale, theta, spaces[0].gradient);
                        std::copy(spaces[0].gradient + begin, spaces[0].gradient + end, gradient + begin);
                    });
                }
            },
            never);
        Objective sum;
        for (const Tally &tally : tallies) {
            sum.data_loss += tally.data_loss * scale;
            sum.penalty += tally.penalty * scale;
        }
        return sum;
    }

    // Raw scores of all rows, shape (rows, n_outputs).
    void scores(const Matrix<T> &X, const T *theta, T *out) const {
        const int block = int(std::min<std::int64_t>(X.rows, largest_block));
        std::vector<Workspace<T>> spaces;
        for (int i = 0; i < threads_; ++i)
            spaces.emplace_back(chain_, std::max(block, 1), false, 0, Purpose::predict);
        const auto width = std::size_t(chain_.n_outputs);
        Crew::run(
            threads_, 1, 1,
            [&](std::int64_t, int, int item) {
                const Workspace<T> &space = spaces[std::size_t(item)];
                const auto [from, to] = share_of(X.rows, item);
                for (std::int64_t first = from; first < to; first += block) {
                    const int n = int(std::min<std::int64_t>(block, to - first));
                    const Pass<T> pass{theta, nullptr, space.scratch, n, false, 0, first};
                    pass_forward(chain_, pass, input_rows(X, Order{nullptr, first}, n, space), space);
                    std::copy_n(space.outputs.back(), std::size_t(n) * width,
                                out + std::size_t(first) * width);
                }
            },
            never);
    }

  private:
    using Clock = std::chrono::steady_clock;
    static constexpr auto patience = std::chrono::milliseconds(100);
    // Rows that pass through the chain together at most: more would leave the caches.
    static constexpr std::int64_t largest_block = 1024;
    // Elements over which squares are summed in T before they join a double.
    static constexpr std::size_t run_length = 2048;

    static bool never() { return false; }

    // One item's sums over an epoch; the two that every step adds to lie on a cache line of its own.
    struct alignas(64) Tally {
        double data_loss = 0, penalty = 0;
        std::vector<double> squared_norms;
        explicit Tally(int groups) : squared_norms(std::size_t(groups), 0.0) {}
    };

    // Every item's memory, kept from call to call while the demand stays the same.
    std::vector<Workspace<T>> &workspaces(std::int64_t rows, bool gathers) {
        const int block = int(std::clamp<std::int64_t>(rows, 1, largest_block));
        if (!spaces_.empty() && spaces_[0].block_rows == block && (spaces_[0].input || !gathers))
            return spaces_;
        // Made aside, so that memory that runs out leaves no half of them behind.
        std::vector<Workspace<T>> made;
        for (int i = 0; i < threads_; ++i)
            made.emplace_back(chain_, block, gathers, target_columns(), Purpose::train);
        spaces_ = std::move(made);
        return spaces_;
    }

    // The part of n things that is an item's share.
    template <class N> std::pair<N, N> share_of(N n, int item) const {
        return {n * N(item) / N(threads_), n * N(item + 1) / N(threads_)};
    }

    // Calls visit(segment, begin, end) for the parts of the segments that are this item's share.
    template <class Visit> void for_each_share(int item, Visit visit) const {
        const auto [from, to] = share_of(chain_.n_parameters, item);
        for (const auto &segment : chain_.segments) {
            const std::size_t begin = std::max(segment.begin, from), end = std::min(segment.end, to);
            if (begin < end) visit(segment, begin, end);
        }
    }

    void add_up_gradients(const std::vector<Workspace<T>> &spaces, std::size_t begin, std::size_t end) const {
        T *sum = spaces[0].gradient;
        for (std::size_t k = 1; k < spaces.size(); ++k) {
            const T *g = spaces[k].gradient;
            for (std::size_t i = begin; i < end; ++i) sum[i] += g[i];
        }
    }

    // Adds scale·(penalty's gradient) and returns the penalty, not yet scaled.
    double penalise(const typename Chain<T>::Segment &segment, std::size_t begin, std::size_t end,
                    double scale, const T *theta, T *gradient) const {
        if (!segment.penalised) return 0;
        return std::visit(
            [&](auto penalty) {
                return sum_in_runs(begin, end, [=](std::size_t i) {
                    gradient[i] += T(scale) * penalty.gradient(theta[i]);
                    return penalty.value(theta[i]);
                });
            },
            penalty_);
    }

    // One share of a step: sum the items' gradients, penalise, tally, move.
    void update(int item, const std::vector<Workspace<T>> &spaces, const Optimizer &optimizer, double scale,
                double rows, std::int64_t t, double factor, T *theta, Memory<T> &memory, Tally &tally) const {
        T *gradient = spaces[0].gradient;
        std::visit(
            [&](auto rule) {
                const auto move = rule.template at<T>(t, factor);
                for_each_share(item, [&](const auto &segment, std::size_t begin, std::size_t end) {
                    add_up_gradients(spaces, begin, end);
                    const double penalty = penalise(segment, begin, end, scale, theta, gradient);
                    tally.penalty += penalty * scale * rows;
                    tally.squared_norms[std::size_t(segment.group)] +=
                        move_parameters<decltype(rule)::slots>(move, begin, end, gradient, theta, memory);
                });
            },
            optimizer);
    }

    // Moves the parameters and returns the sum of the squared gradients.
    template <int slots, class Move>
    static double move_parameters(const Move &move, std::size_t begin, std::size_t end, const T *gradient,
                                  T *theta, Memory<T> &memory) {
        T *first = memory.slots[0], *second = memory.slots[1];
        return sum_in_runs(begin, end, [=](std::size_t i) {
            const T g = gradient[i];
            if constexpr (slots == 1)
                theta[i] += move(g, first[i]);
            else
                theta[i] += move(g, first[i], second[i]);
            return g * g;
        });
    }

    // Σ term(i), in runs short enough to be summed in T; `simd` vouches that the terms are independent.
    template <class Term> static double sum_in_runs(std::size_t begin, std::size_t end, Term term) {
        double total = 0;
        for (std::size_t start = begin; start < end; start += run_length) {
            const std::size_t stop = std::min(end, start + run_length);
            T sum = 0;
#pragma omp simd reduction(+ : sum)
            for (std::size_t i = start; i < stop; ++i) sum += term(i);
            total += double(sum);
        }
        return total;
    }

    EpochResult summary(const std::vector<Tally> &tallies, double rows, double mean_weight, double steps,
                        bool interrupted) const {
        EpochResult result;
        result.interrupted = interrupted;
        result.gradient_norms.assign(std::size_t(chain_.groups), 0.0);
        for (const Tally &tally : tallies) {
            result.objective.data_loss += tally.data_loss / (rows * mean_weight);
            result.objective.penalty += tally.penalty / rows;
            for (std::size_t g = 0; g < tally.squared_norms.size(); ++g)
                result.gradient_norms[g] += tally.squared_norms[g] / steps;
        }
        for (double &norm : result.gradient_norms) norm = std::sqrt(norm);
        return result;
    }

    Chain<T> chain_;
    Loss loss_;
    Penalty penalty_;
    int threads_;
    std::vector<Workspace<T>> spaces_;
    std::mutex busy_; // the workspaces serve one call at a time
};

} // namespace rosenblatt
