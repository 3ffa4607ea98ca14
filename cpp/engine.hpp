// The engine: whole epochs, and the objective of a full batch, each in one call.
#pragma once

#include "column_parallel.hpp"
#include "propagate.hpp"
#include "step_replay.hpp"
#include "thread_team.hpp"
#include "update_options.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <type_traits>
#include <variant>
#include <vector>

namespace rosenblatt {

// Means over the rows seen: the weighted data loss and the penalty, apart.
struct Objective {
    double data_loss = 0, penalty = 0;
};

struct EpochResult {
    Objective objective;
    // Per parametric layer: root mean square over the batches, before clipping.
    std::vector<double> gradient_norms;
    std::int64_t steps = 0;
    bool finite = true; // its losses, and what it moved; under a watch the last step was taken back if not
    bool interrupted = false;
};

// What a run has beside θ: the optimiser's slots, each of θ's size, and its number of steps; the seed of what
// the steps draw at random; and the network's state.
template <class T> struct Memory {
    T *slots[most_slots];
    std::int64_t steps;
    std::uint64_t seed = 0;
    T *state = nullptr;
};

template <class T> class Engine {
  public:
    // A step is cut into `shares`, whatever the number of threads that take them, and all that it computes
    // follows from the cut; 0 stands for a share for each of `threads`. No more than `at_once` of these run,
    // where it is not 0.
    Engine(Chain<T> chain, Loss loss, Penalty penalty, int threads, int shares = 0, int at_once = 0)
        : chain_(std::move(chain)), loss_(loss), penalty_(penalty), fixed_(shares > 0),
          shares_(std::clamp(fixed_ ? shares : threads, 1, ThreadTeam::largest)),
          threads_(std::clamp(at_once > 0 ? std::min(threads, at_once) : threads, 1, ThreadTeam::largest)) {}

    const Chain<T> &chain() const { return chain_; }
    // Whether some product may go to BLAS, whose threads the caller then has to hold.
    bool calls_blas() const { return chain_.longest_sum(int(most_rows())) > longest_tiled_sum; }
    // Phases of a step: of one that is shared by rows, and at most.
    int phases() const { return chain_.phases() + 1; }
    int most_phases() const {
        return std::max(ColumnParallel<T>::phases(chain_), chain_.phases() - 1 + Phases::most);
    }
    int target_columns() const {
        return std::visit([&](const auto &l) { return l.target_columns(chain_.n_outputs); }, loss_);
    }

    // One pass over `n_rows` rows in the given order, a step for each batch; step s uses the rate
    // lr·lr_factors[s]. Every so often `interrupted` is asked whether to leave early, and no step but the
    // first is begun once `seconds` are over. An epoch that is no longer finite ends soon, and what it has
    // moved is of no use; with a `watch`, which has seen it begin, it ends right before the step that
    // diverges.
    EpochResult epoch(const Data<T> &data, Order order, std::int64_t n_rows, std::int64_t batch_size,
                      const Optimizer &optimizer, const double *lr_factors, T *theta, Memory<T> &memory,
                      const std::function<bool()> &interrupted, const UpdateOptions<T> &options = {},
                      double seconds = std::numeric_limits<double>::infinity(),
                      StepChecker<T> *watch = nullptr) {
        std::lock_guard lock(busy_);
        const std::int64_t steps = (n_rows - 1) / batch_size + 1, largest = std::min(batch_size, n_rows);
        const int parts = options.empty() ? parts_by_units(data.X, largest) : 1;
        std::vector<Tally> tallies(std::size_t(std::max(shares_, parts)), Tally(chain_.groups));
        bool left = false;
        const auto started = Clock::now();
        auto asked = started;
        // The clock is not looked at after every small step.
        const double work = double(std::min(batch_size, n_rows)) * double(chain_.n_parameters);
        const std::int64_t per_look = 1 + std::int64_t(work_per_look / work);
        std::int64_t looks = 0;
        suspected_.store(false, std::memory_order_relaxed);
        auto leave = [&] {
            if (watch ? looks > 0 && !watch->good(loss_so_far(tallies)) : suspected()) return true;
            if (looks++ == 0 || looks % per_look != 0) return false;
            const auto now = Clock::now();
            if (std::chrono::duration<double>(now - started).count() >= seconds) return true;
            if (now - asked < patience) return false;
            asked = now;
            return left = interrupted();
        };
        const auto batch_of = [&](std::int64_t s) {
            const std::int64_t begin = s * batch_size, rows = std::min(batch_size, n_rows - begin);
            return Batch{begin, rows, 1 / (double(rows) * data.mean_weight), memory.steps + s, lr_factors[s]};
        };
        std::int64_t done = 0;
        if (parts > 1) {
            const ColumnParallel<T> &units = units_for(int(largest), order.numbers, parts);
            done = ThreadTeam::run(
                parts, threads_, steps, ColumnParallel<T>::phases(chain_),
                [&](std::int64_t s, int phase, int item) {
                    const Batch batch = batch_of(s);
                    Tally &tally = tallies[std::size_t(item)];
                    tally.data_loss +=
                        units(phase, item, chain_, loss_, data, theta, order.from(batch.begin),
                              int(batch.rows), batch.scale, batch.before, [&](std::size_t layer) {
                                  update(owned(units, layer, item), whole(units.gradient()), optimizer,
                                         options, {}, batch, theta, memory, tally);
                              });
                },
                leave, bool(watch));
        } else {
            const std::int64_t share = (largest + shares_ - 1) / shares_;
            auto &spaces = workspaces(share, (order.numbers || chain_.input_noise > 0) && !data.X.sparse(),
                                      entries_kept(data.X, share));
            // Two phases: the gradients of the batch's shares, then the parameters' shares moved. The first
            // is several where some layer mixes the rows of a batch; what surrounds the move may add others.
            const Phases phases(chain_.phases(), options);
            done = ThreadTeam::run(
                shares_, threads_, steps, phases.size(),
                [&](std::int64_t s, int phase, int item) {
                    const Batch batch = batch_of(s);
                    const std::int64_t t = batch.before + 1;
                    Tally &tally = tallies[std::size_t(item)];
                    switch (phases[phase]) {
                    case Phase::gradients: {
                        const auto [from, to] = share_of(batch.rows, item);
                        const Step<T> step{chain_,      loss_,       data,         theta, memory.state,
                                           batch.scale, memory.seed, batch.before, spaces};
                        tally.data_loss += pass_share(step, phase, order.from(batch.begin + from), to - from,
                                                      from, spaces[std::size_t(item)]);
                        break;
                    }
                    case Phase::norm: {
                        const auto squares = [&](auto scaled) {
                            double sum = 0;
                            for_each_run(shares(item), sums_of(spaces),
                                         [&](const auto &, auto penalty, std::size_t from, std::size_t to,
                                             const T *gradient) {
                                             sum += squared_norm<scaled.value>(
                                                 penalty, T(batch.scale), to - from, gradient, theta + from);
                                         });
                            return sum;
                        };
                        tally.squared_norm = squares(std::false_type{});
                        if (!std::isfinite(tally.squared_norm))
                            tally.scaled_squares = squares(std::true_type{});
                        break;
                    }
                    case Phase::move: {
                        if (item == 0)
                            for (std::size_t i = 0; i < chain_.sync_points.size(); ++i)
                                chain_.sync_point(i).track(spaces, memory.state);
                        const Norm norm = options.needs_norm() ? gradient_norm(tallies) : Norm{};
                        update(shares(item), sums_of(spaces), optimizer, options, norm, batch, theta, memory,
                               tally);
                        break;
                    }
                    case Phase::constrain:
                        constrain(options.constraint, chain_, item, shares_, theta);
                        break;
                    case Phase::average: {
                        const auto [from, to] = share_of(chain_.n_parameters, item);
                        options.average(t, from, to, theta);
                        break;
                    }
                    }
                },
                leave, bool(watch));
        }
        const double rows_seen = double(std::min(n_rows, done * batch_size));
        EpochResult result = summary(tallies, rows_seen, data.mean_weight, double(done), left);
        if (watch) {
            // Nobody has asked after the very last step.
            result.finite = !watch->failed() && watch->good(loss_so_far(tallies));
            if (!result.finite) --result.steps;
        } else {
            const auto finite = [](const Tally &tally) { return tally.finite(); };
            result.finite = std::all_of(tallies.begin(), tallies.end(), finite) &&
                            all_finite(theta, chain_.n_parameters) &&
                            (chain_.n_state == 0 || all_finite(memory.state, chain_.n_state));
        }
        memory.steps += result.steps;
        return result;
    }

    // The objective over all rows, and its gradient. The state is read where there is but one row.
    Objective objective(const Data<T> &data, const T *theta, const T *state, T *gradient) {
        const std::int64_t n = data.X.rows;
        std::lock_guard lock(busy_);
        const double scale = 1 / (double(n) * data.mean_weight);
        auto &spaces = workspaces((n + shares_ - 1) / shares_, false, 0);
        std::vector<Tally> tallies(std::size_t(shares_), Tally(chain_.groups));
        ThreadTeam::run(
            shares_, threads_, 1, phases(),
            [&](std::int64_t, int phase, int item) {
                Tally &tally = tallies[std::size_t(item)];
                if (phase < chain_.phases()) {
                    const auto [from, to] = share_of(n, item);
                    const Step<T> step{chain_, loss_, data, theta, state, scale, 0, 0, spaces};
                    tally.data_loss += pass_share(step, phase, Order{nullptr, from, to - from}, to - from,
                                                  from, spaces[std::size_t(item)]);
                } else {
                    for_each_run(shares(item), sums_of(spaces),
                                 [&](const auto &, auto penalty, std::size_t begin, std::size_t end,
                                     const T *data_gradient) {
                                     T value = 0;
#pragma omp simd reduction(+ : value)
                                     for (std::size_t i = begin; i < end; ++i) {
                                         gradient[i] =
                                             data_gradient[i - begin] + T(scale) * penalty.gradient(theta[i]);
                                         value += penalty.value(theta[i]);
                                     }
                                     tally.penalty += double(value);
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

  private:
    using Clock = std::chrono::steady_clock;
    static constexpr auto patience = std::chrono::milliseconds(100);
    static constexpr double work_per_look = 1e6;            // multiplications: some ten microseconds
    static constexpr std::int64_t steps_per_suspicion = 64; // a power of 2
    // Elements over which squares are summed in T before they join a double.
    static constexpr std::size_t run_length = 2048;
    static constexpr std::int64_t most_entries = std::int64_t(1) << 26;

    // Rows of a share that pass together at most; all of them where a layer mixes them.
    std::int64_t most_rows() const {
        return chain_.sync_points.empty() ? largest_block : std::numeric_limits<int>::max();
    }

    static bool never() { return false; }

    bool suspected() const { return suspected_.load(std::memory_order_relaxed); }

    // The batch of a step: its rows, what its gradient is multiplied by, the steps before it over all epochs,
    // and the factor on its rate.
    struct Batch {
        std::int64_t begin, rows;
        double scale;
        std::int64_t before;
        double factor;
    };

    // One item's sums over an epoch; the two that every step adds to lie on a cache line of its own.
    struct alignas(64) Tally {
        double data_loss = 0, penalty = 0;
        double squared_norm = 0;   // of this step's gradient, where clipping asks for it
        double scaled_squares = 0; // by Norm's scale, where the norm overflows
        std::vector<double> squared_norms;
        explicit Tally(int groups) : squared_norms(std::size_t(groups), 0.0) {}

        bool finite() const {
            double sum = data_loss + penalty;
            for (double square : squared_norms) sum += square;
            return std::isfinite(sum);
        }
    };

    // Of the whole gradient, by the items' parts in their order.
    static Norm gradient_norm(const std::vector<Tally> &tallies) {
        double square = 0, scaled = 0;
        for (const Tally &tally : tallies) square += tally.squared_norm;
        if (std::isfinite(square)) return Norm::of(square);
        for (const Tally &tally : tallies)
            scaled += std::isfinite(tally.squared_norm)
                          ? std::ldexp(tally.squared_norm, 2 * Norm::scale_exponent)
                          : tally.scaled_squares;
        return Norm::of_scaled(scaled);
    }

    static double loss_so_far(const std::vector<Tally> &tallies) {
        double sum = 0;
        for (const Tally &tally : tallies) sum += tally.data_loss + tally.penalty;
        return sum;
    }

    // Every item's memory, kept from call to call while the demand stays the same.
    std::vector<Workspace<T>> &workspaces(std::int64_t rows, bool gathers, std::size_t entries) {
        const int block = int(std::clamp<std::int64_t>(rows, 1, most_rows()));
        if (!spaces_.empty() && spaces_[0].block_rows == block && (spaces_[0].input || !gathers) &&
            entries == entries_)
            return spaces_;
        // Made aside, so that memory that runs out leaves no half of them behind.
        std::vector<Workspace<T>> made;
        for (int i = 0; i < shares_; ++i) {
            made.emplace_back(chain_, block, gathers, target_columns(), Purpose::train);
            if (entries) made.back().columns = std::make_unique<BlockColumns<T>>(chain_.n_inputs, entries);
        }
        spaces_ = std::move(made);
        entries_ = entries;
        return spaces_;
    }

    // The memory of steps by units, kept likewise.
    const ColumnParallel<T> &units_for(int rows, bool gathers, int parts) {
        if (!units_ || units_->rows() != rows || units_->gathers() != gathers || units_->parts() != parts)
            units_.emplace(chain_, rows, gathers, target_columns(), parts);
        return *units_;
    }

    // Into how many parts a step by units is cut; 1 where steps are shared by rows. Where the number of
    // threads has no say they are as many as fit the layers, for a part costs little, and a power of two,
    // which most crews share out evenly.
    int parts_by_units(const Matrix<T> &X, std::int64_t batch) const {
        int parts = fixed_ && shares_ > 1 ? ThreadTeam::largest : shares_;
        while (parts > 1 && !ColumnParallel<T>::suits(chain_, X, batch, parts))
            parts = fixed_ ? parts / 2 : 1;
        return parts;
    }

    // Entries to keep of an item's sparse rows, where they fit one block: the optimiser then needs no
    // gradient of the first layer's weights. 0 elsewhere.
    static std::size_t entries_kept(const Matrix<T> &X, std::int64_t share) {
        const std::int64_t entries = share * std::max<std::int64_t>(X.longest_row, 1);
        return X.sparse() && share <= largest_block && entries <= most_entries ? std::size_t(entries) : 0;
    }

    // The part of n things that is an item's share.
    template <class N> std::pair<N, N> share_of(N n, int item) const {
        return {n * N(item) / N(shares_), n * N(item + 1) / N(shares_)};
    }

    // Calls its argument with (segment, begin, end) for the parts of the segments that are an item's share.
    auto shares(int item) const {
        return [this, item](auto visit) {
            const auto [from, to] = share_of(chain_.n_parameters, item);
            for (const auto &segment : chain_.segments) {
                const std::size_t begin = std::max(segment.begin, from), end = std::min(segment.end, to);
                if (begin < end) visit(segment, begin, end);
            }
        };
    }

    // The same for what an item owns of a layer in steps by units: rows of W, and biases.
    auto owned(const ColumnParallel<T> &units, std::size_t layer, int item) const {
        return [this, &units, layer, item](auto visit) {
            const auto &dense = std::get<Dense<T>>(chain_.layers[layer]);
            for (const auto &segment : chain_.segments) {
                if (segment.group != int(layer)) continue;
                const bool weights = segment.begin == dense.offset;
                const auto [from, to] = units.share_of(weights ? dense.n_inputs : dense.n_outputs, item);
                const std::size_t width = weights ? std::size_t(dense.n_outputs) : 1;
                if (from < to)
                    visit(segment, segment.begin + std::size_t(from) * width,
                          segment.begin + std::size_t(to) * width);
            }
        };
    }

    // A part of the gradient: the items' gradients added up, where they are several, or the one there is.
    auto sums_of(const std::vector<Workspace<T>> &spaces) const {
        return [this, &spaces](std::size_t begin, std::size_t end, T *sum) {
            return added_up(spaces, begin, end, sum);
        };
    }
    static auto whole(const T *gradient) {
        return [gradient](std::size_t begin, std::size_t, T *) { return gradient + begin; };
    }

    // The items' gradients in [begin, end), summed: where they lie if there is one item, or in `sum`.
    const T *added_up(const std::vector<Workspace<T>> &spaces, std::size_t begin, std::size_t end,
                      T *sum) const {
        if (spaces[0].columns && begin < std::size_t(chain_.n_inputs) * first_width())
            return first_layer_gradient(spaces, begin, end, sum);
        const T *first = spaces[0].gradient + begin;
        if (spaces.size() == 1) return first;
        const std::size_t size = end - begin;
        const T *second = spaces[1].gradient + begin;
        for (std::size_t i = 0; i < size; ++i) sum[i] = first[i] + second[i];
        for (std::size_t k = 2; k < spaces.size(); ++k) add_to(sum, spaces[k].gradient + begin, size);
        return sum;
    }
    // Apart, lest the loop over the items is the one that becomes vectors.
    [[gnu::noinline]] static void add_to(T *sum, const T *g, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) sum[i] += g[i];
    }

    std::size_t first_width() const {
        return std::size_t(std::visit([](const auto &layer) { return layer.n_outputs; }, chain_.layers[0]));
    }

    // A stretch of xᵀ δ of a sparse input: row c of the first layer's weights gathers column c's entries.
    const T *first_layer_gradient(const std::vector<Workspace<T>> &spaces, std::size_t begin, std::size_t end,
                                  T *sum) const {
        const std::size_t width = first_width();
        std::fill(sum, sum + (end - begin), T(0));
        for (std::size_t column = begin / width; column * width < end; ++column) {
            const std::size_t from = std::max(begin, column * width),
                              to = std::min(end, (column + 1) * width);
            for (const Workspace<T> &space : spaces)
                space.columns->for_each(column, [&](std::int32_t row, T value) {
                    const T *delta = space.deltas[0] + std::size_t(row) * width + (from - column * width);
                    T *out = sum + (from - begin);
                    for (std::size_t i = 0; i < to - from; ++i) out[i] += value * delta[i];
                });
        }
        return sum;
    }

    // Calls visit(segment, penalty, begin, end, gradient) for the parts of the segments that `parts` tells,
    // short enough to stay in the first cache.
    template <class Parts, class Gradient, class Visit>
    void for_each_run(Parts parts, Gradient gradient, Visit visit) const {
        parts([&](const auto &segment, std::size_t begin, std::size_t end) {
            const auto in_runs = [&](auto penalty) {
                alignas(64) T sum[run_length];
                for (std::size_t start = begin; start < end; start += run_length) {
                    const std::size_t stop = std::min(end, start + run_length);
                    visit(segment, penalty, start, stop, gradient(start, stop, sum));
                }
            };
            if (segment.penalised)
                std::visit(in_runs, penalty_);
            else
                in_runs(Unpenalised{});
        });
    }

    // Some parameters' step, in one pass: sum the items' gradients, penalise, tally, move. A gradient that is
    // clipped, or bears a penalty that does not join the move, is finished in a pass of its own over the
    // stretch, so that there is a loop for every optimiser and not for every combination.
    template <class Parts, class Gradient>
    void update(Parts parts, Gradient gradient_of, const Optimizer &optimizer,
                const UpdateOptions<T> &options, Norm norm, const Batch &batch, T *theta,
                const Memory<T> &memory, Tally &tally) {
        const bool clips = options.clips(), averages = options.averages() && !options.constrains();
        std::visit(
            [&](const auto &rule) {
                const auto shrink = decay<T>(rule, batch.factor);
                rule.template at<T>(batch.before + 1, batch.factor, [&](const auto move) {
                    for_each_run(parts, gradient_of,
                                 [&](const auto &segment, auto penalty, std::size_t begin, std::size_t end,
                                     const T *gradient) {
                                     const auto [value, square] = [&] {
                                         if constexpr (joins_move<decltype(penalty)>)
                                             if (!clips)
                                                 return move_parameters(move, shrink, penalty, T(batch.scale),
                                                                        begin, end, gradient, theta, memory);
                                         return finish_and_move(move, shrink, penalty, options.clipping, norm,
                                                                T(batch.scale), begin, end, gradient, theta,
                                                                memory);
                                     }();
                                     if (averages) options.average(batch.before + 1, begin, end, theta);
                                     tally.penalty += double(value) * batch.scale * double(batch.rows);
                                     tally.squared_norms[std::size_t(segment.group)] += double(square);
                                 });
                });
            },
            optimizer);
        if (batch.before % steps_per_suspicion == 0 && !tally.finite())
            suspected_.store(true, std::memory_order_relaxed);
    }

    // Moves the parameters, and returns the sums of the penalty and of the squared gradient. A vector at a
    // time, as `apply` does it: a layer's biases are often fewer than a vector, and lanes that do not exist
    // are zeros, whose sums and squares are 0.
    template <class Move, class Shrink, class Term>
    static std::pair<T, T> move_parameters(Move move, Shrink shrink, Term penalty, T scale, std::size_t begin,
                                           std::size_t end, const T *gradient, T *theta,
                                           const Memory<T> &memory) {
        constexpr int slots = slots_of<T, Move>, w = simd::width<T>;
        theta += begin;
        T *slot[most_slots];
        for (int k = 0; k < slots; ++k) slot[k] = memory.slots[k] + begin;
        const auto size = std::ptrdiff_t(end - begin);
        simd::Vector<T> values{}, squares{};
        const auto move_vector = [&](std::ptrdiff_t i, auto lanes) {
            T weight[w], g[w], value[w], moved[w], before[most_slots][w], after[most_slots][w];
            simd::store(weight, simd::load_lanes(theta + i, lanes));
            simd::store(g, simd::load_lanes(gradient + i, lanes));
            for (int k = 0; k < slots; ++k) simd::store(before[k], simd::load_lanes(slot[k] + i, lanes));
            simd::Vector<T> full = simd::load(g);
#pragma omp simd
            for (int j = 0; j < w; ++j) value[j] = penalty.gradient(weight[j]);
            full += scale * simd::load(value);
            simd::store(g, full);
#pragma omp simd
            for (int j = 0; j < w; ++j) {
                value[j] = penalty.value(weight[j]);
                T memo[most_slots];
                for (int k = 0; k < slots; ++k) memo[k] = before[k][j];
                moved[j] = shrink(weight[j]);
                if constexpr (slots == 0)
                    moved[j] += move(g[j]);
                else if constexpr (slots == 1)
                    moved[j] += move(g[j], memo[0]);
                else if constexpr (slots == 2)
                    moved[j] += move(g[j], memo[0], memo[1]);
                else
                    moved[j] += move(g[j], memo[0], memo[1], memo[2]);
                for (int k = 0; k < slots; ++k) after[k][j] = memo[k];
            }
            values += simd::load(value);
            squares += full * full;
            for (int k = 0; k < slots; ++k) simd::store_lanes(slot[k] + i, simd::load(after[k]), lanes);
            simd::store_lanes(theta + i, simd::load(moved), lanes);
        };
        std::ptrdiff_t i = 0;
        for (; i + w <= size; i += w) move_vector(i, std::integral_constant<int, w>{});
        if (i < size) move_vector(i, int(size - i));
        return {simd::sum<T>(values), simd::sum<T>(squares)};
    }

    // The same with a gradient that is finished first. Apart from its caller, whose loops stay short.
    template <class Move, class Shrink, class Term>
    [[gnu::noinline]] static std::pair<T, T>
    finish_and_move(Move move, Shrink shrink, Term penalty, const Clipping &clipping, Norm norm, T scale,
                    std::size_t begin, std::size_t end, const T *gradient, T *theta,
                    const Memory<T> &memory) {
        alignas(64) T finished[run_length];
        const auto sums =
            finish_gradient(penalty, clipping, norm, scale, end - begin, gradient, theta + begin, finished);
        move_finished(move, shrink, begin, end, finished, theta, memory);
        return sums;
    }

    // One loop for an optimiser, whatever the penalty.
    template <class Move, class Shrink>
    [[gnu::noinline]] static void move_finished(Move move, Shrink shrink, std::size_t begin, std::size_t end,
                                                const T *gradient, T *theta, const Memory<T> &memory) {
        move_parameters(move, shrink, Unpenalised{}, T(0), begin, end, gradient, theta, memory);
    }

    EpochResult summary(const std::vector<Tally> &tallies, double rows, double mean_weight, double steps,
                        bool interrupted) const {
        EpochResult result;
        result.interrupted = interrupted;
        result.steps = std::int64_t(steps);
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
    bool fixed_; // the cut, whatever the number of threads
    int shares_, threads_;
    std::vector<Workspace<T>> spaces_;
    std::optional<ColumnParallel<T>> units_;
    std::size_t entries_ = 0; // that the workspaces keep
    // Of sums that are not finite. All may be good: a square may not fit a float.
    std::atomic<bool> suspected_{false};
    std::mutex busy_; // the workspaces serve one call at a time
};

} // namespace rosenblatt
