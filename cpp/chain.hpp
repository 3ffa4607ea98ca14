// A chain of layers over one flat parameter vector, and one thread's memory for passing through it.
#pragma once

#include "layers.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <vector>

namespace rosenblatt {

struct DenseSpec {
    int n_outputs;
    MemberSpec activation;
    std::optional<MemberSpec> normalization = {};
    double dropout = 0;
    bool residual = false;
};

// The two members that a layer need not have.
template <class L> constexpr bool gradient_in_place(const L &layer) {
    if constexpr (requires { layer.gradient_in_place; })
        return layer.gradient_in_place;
    else
        return layer.in_place;
}
template <class L> std::size_t kept_by(const L &layer, int rows) {
    if constexpr (requires { layer.kept(rows); })
        return layer.kept(rows);
    else
        return 0;
}

template <class T> struct Chain {
    int n_inputs = 0, n_outputs = 0;
    std::size_t n_parameters = 0, n_state = 0;
    std::vector<Layer<T>> layers;
    Precision precision; // of its products when training
    double input_noise;  // deviation of what is added to dense inputs when training

    struct Segment {
        std::size_t begin, end;
        bool penalised;
        int group; // the block it belongs to
    };
    std::vector<Segment> segments;
    std::vector<std::size_t> sync_points; // layers at which a step waits for all rows of the batch
    int groups = 0;

    Chain(int inputs, const std::vector<DenseSpec> &specs, Precision of_products = Precision::exact,
          double noise = 0)
        : n_inputs(inputs), n_outputs(inputs), precision(of_products), input_noise(noise) {
        if (!(noise >= 0)) throw std::invalid_argument("noise has a deviation of 0 or more");
        for (const DenseSpec &spec : specs) {
            if (spec.n_outputs < 1) throw std::invalid_argument("a layer needs at least one unit");
            const Activation activation = Catalogue<Activation>::make(spec.activation);
            const bool joins = derivative_from_output(activation);
            const int block_inputs = n_outputs, source = int(layers.size()) - 1;
            const Activation joined = joins ? activation : Identity{};
            append(Dense<T>{n_outputs, spec.n_outputs, n_parameters, spec.normalization ? Identity{} : joined,
                            spec.residual});
            if (spec.normalization)
                append_normalization(Catalogue<Normalization>::make(*spec.normalization), joined);
            if (derivative_from_input(activation))
                append(ActivationFromInput<T>{n_outputs, activation});
            else if (!joins)
                append(RowwiseActivation<T>{n_outputs, activation});
            if (!(spec.dropout >= 0 && spec.dropout < 1)) throw std::invalid_argument("dropout is in [0, 1)");
            if (spec.dropout > 0) append(Dropout<T>{n_outputs, spec.dropout, groups + 1, int(layers.size())});
            if (spec.residual) append(ResidualAdd<T>{block_inputs, n_outputs, n_parameters, source});
            ++groups;
        }
    }

    // Phases of a pass forward and back: between the sync_points, and between them again.
    int phases() const { return 2 * int(sync_points.size()) + 1; }

    const NormalizeColumns<T> &sync_point(std::size_t number) const {
        return std::get<NormalizeColumns<T>>(layers[sync_points[number]]);
    }

    // Terms of the longest sum in a product: over rows, or over the units on a layer's either side.
    int longest_sum(int rows) const {
        int longest = std::max(rows, n_inputs);
        for (const Layer<T> &layer : layers)
            std::visit([&](const auto &l) { longest = std::max(longest, l.n_outputs); }, layer);
        return longest;
    }

  private:
    static constexpr std::size_t most_parameters = std::size_t(1) << 48;

    void append_normalization(const Normalization &normalization, const Activation &joined) {
        const int index = int(layers.size());
        if (const auto *by_row = std::get_if<LayerNorm>(&normalization)) {
            append(NormalizeRows<T>{n_outputs, n_parameters, *by_row, joined, index});
        } else {
            sync_points.push_back(layers.size());
            append(NormalizeColumns<T>{n_outputs, n_parameters, n_state, std::get<BatchNorm>(normalization),
                                       joined, index});
            n_state += 2 * std::size_t(n_outputs);
        }
    }

    template <class L> void append(L layer) {
        n_outputs = layer.n_outputs;
        const auto stretches = layer.parameters();
        for (const ParameterRange &s : stretches) {
            segments.push_back({s.begin, s.begin + s.size, s.penalised, groups});
            n_parameters += s.size;
            if (n_parameters > most_parameters) throw std::length_error("the network is too large");
        }
        layers.emplace_back(std::move(layer));
    }
};

// What the system does not give, in words that Python passes on.
class OutOfMemory : public std::bad_alloc {
  public:
    explicit OutOfMemory(double bytes) {
        std::snprintf(
            said_, sizeof said_,
            "the engine needs %.3g GiB for the rows that pass the network together, more than there "
            "are: take smaller batches or narrower layers",
            bytes / double(1 << 30));
    }
    const char *what() const noexcept override { return said_; }

  private:
    char said_[160];
};

// Memory on a cache line's boundary, sized before the first batch and never again.
template <class T> class Arena {
  public:
    explicit Arena(std::size_t size) : size_(size), data_(allocated(size)) {
        std::fill(data_.get(), data_.get() + size, T(0));
    }

    T *data() const { return data_.get(); }

    T *take(std::size_t size) {
        T *taken = data_.get() + used_;
        used_ += padded(size);
        if (used_ > size_) throw std::logic_error("the arena was sized too small");
        return taken;
    }

    static std::size_t padded(std::size_t size) {
        constexpr std::size_t line = 64 / sizeof(T);
        return (size + line - 1) / line * line;
    }

  private:
    static T *allocated(std::size_t size) {
        void *const memory =
            size <= most ? ::operator new(size * sizeof(T), alignment, std::nothrow) : nullptr;
        if (!memory) throw OutOfMemory(double(size) * sizeof(T));
        return static_cast<T *>(memory);
    }

    // So many elements are counted in bytes without overflow.
    static constexpr std::size_t most = std::numeric_limits<std::size_t>::max() / sizeof(T) / 2;
    static constexpr std::align_val_t alignment{64};
    struct Free {
        void operator()(T *p) const { ::operator delete(p, alignment); }
    };
    std::size_t size_, used_ = 0;
    std::unique_ptr<T[], Free> data_;
};

enum class Purpose { predict, train };

// One thread's buffers: a block of gathered rows, every layer's output, and when training the
// gradients that flow back and the thread's own share of the parameters' gradient.
template <class T> struct Workspace {
    int block_rows;
    std::size_t target_columns;
    T *input = nullptr, *targets = nullptr, *weights = nullptr, *gradient = nullptr;
    T *scratch;
    std::vector<T *> outputs, deltas, kept;
    std::unique_ptr<BlockColumns<T>> columns; // of a sparse block, where the optimiser wants them

    Workspace(const Chain<T> &chain, int rows, bool gathers, int targets_of_a_row, Purpose purpose)
        : block_rows(rows), target_columns(std::size_t(targets_of_a_row)),
          arena_(demand(chain, rows, gathers, targets_of_a_row, purpose)) {
        const auto n = std::size_t(rows);
        scratch = arena_.take(scratch_size<T>(rows, chain.longest_sum(1), chain.precision));
        if (gathers) input = arena_.take(n * std::size_t(chain.n_inputs));
        if (purpose == Purpose::train) {
            targets = arena_.take(n * target_columns);
            weights = arena_.take(n);
            gradient = arena_.take(chain.n_parameters);
        }
        for (const Layer<T> &layer : chain.layers) {
            std::visit(
                [&](const auto &l) {
                    const bool first = outputs.empty();
                    const std::size_t size = n * std::size_t(l.n_outputs);
                    outputs.push_back(!l.in_place || first ? arena_.take(size) : outputs.back());
                    if (purpose == Purpose::predict) return;
                    deltas.push_back(!gradient_in_place(l) || first ? arena_.take(size) : deltas.back());
                    kept.push_back(arena_.take(kept_by(l, rows)));
                },
                layer);
        }
    }

  private:
    static std::size_t demand(const Chain<T> &chain, int rows, bool gathers, int target_columns,
                              Purpose purpose) {
        const auto n = std::size_t(rows);
        std::size_t total = 0;
        const auto add = [&](std::size_t size) {
            // Past the most that an arena takes, it stays there.
            total += std::min(Arena<T>::padded(size), std::numeric_limits<std::size_t>::max() - total);
        };
        add(scratch_size<T>(rows, chain.longest_sum(1), chain.precision));
        if (gathers) add(n * std::size_t(chain.n_inputs));
        const bool train = purpose == Purpose::train;
        if (train) {
            add(n * std::size_t(target_columns));
            add(n);
            add(chain.n_parameters);
        }
        for (std::size_t i = 0; i < chain.layers.size(); ++i)
            std::visit(
                [&](const auto &l) {
                    const std::size_t size = n * std::size_t(l.n_outputs);
                    if (!l.in_place || i == 0) add(size);
                    if (!train) return;
                    if (!gradient_in_place(l) || i == 0) add(size);
                    add(kept_by(l, rows));
                },
                chain.layers[i]);
        return total;
    }

    Arena<T> arena_;
};

} // namespace rosenblatt
