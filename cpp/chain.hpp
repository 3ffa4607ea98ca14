// A chain of layers over one flat parameter vector.
#pragma once

#include "layers.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>
#include <variant>
#include <vector>

namespace rosenblatt {

// A dense block: linear layer, normalisation, activation, dropout, residual connection, in this order.
struct DenseSpec {
    int units;
    MemberSpec activation;
    std::optional<MemberSpec> normalization = {};
    double dropout = 0;
    bool residual = false, ntk = false;
    bool ordered = false; // whether a sum has one order for all rows
};

// What a chain is built from. A further kind is a struct here and an overload of Chain::append_block.
using LayerSpec =
    std::variant<DenseSpec, PiecewiseLinearSpec, ScaleSpec, NumericEmbeddingSpec, CategoryEmbeddingSpec,
                 EnsembleDenseSpec, PackedDenseSpec, PReLUSpec, ParametricActivationSpec, GLUSpec,
                 InterpolationSpec, DropoutSpec, ReshapeSpec, FlattenSpec, Conv2DSpec, MaxPool2DSpec,
                 AveragePool2DSpec, GlobalAveragePool2DSpec, LocalResponseNormSpec, AugmentationSpec,
                 ResidualBlockSpec>;

template <class T> struct Chain {
    int n_inputs = 0, n_outputs = 0;
    int n_members = 1; // of an ensemble, whose outputs lie one member after another
    std::size_t n_parameters = 0, n_state = 0;
    std::vector<Layer<T>> layers;
    Precision precision; // of matrix products while training
    double input_noise;  // standard deviation of the noise on dense inputs while training

    // A contiguous range of parameters of one kind.
    struct Segment {
        std::size_t begin, end;
        bool penalised;
        int block;         // whose gradient norm it counts in
        std::size_t layer; // that owns it
    };
    std::vector<Segment> segments;
    std::vector<std::size_t> sync_points; // layers that mix the rows of a batch (MixesRows)
    int n_blocks = 0;
    bool last_is_free = true; // of a constraint: the last layer with weights gives the outputs
    int widest_picture = 0;   // numbers of the largest one; 0 without any

    Chain(int inputs, const std::vector<LayerSpec> &specs, Precision of_products = Precision::exact,
          double noise = 0)
        : n_inputs(inputs), n_outputs(inputs), precision(of_products), input_noise(noise) {
        if (!(noise >= 0)) throw std::invalid_argument("noise has a deviation of 0 or more");
        if (precision == Precision::exact && std::any_of(specs.begin(), specs.end(), is_ordered))
            precision = Precision::ordered;
        for (std::size_t i = 0; i < specs.size(); ++i) {
            if (const std::size_t taken = append_pieces_and_dense(specs, i)) {
                i += taken - 1;
                continue;
            }
            std::visit([this](const auto &block) { append_block(block); }, specs[i]);
            ++n_blocks;
        }
        if (layers.empty()) throw std::invalid_argument("a chain needs layers that predict");
        last_is_free = !std::holds_alternative<DropoutSpec>(specs.back()) &&
                       !std::holds_alternative<FlattenSpec>(specs.back());
    }

    // Rows that pass together at most: pictures fill the caches, though products want `least` rows.
    int rows_in_cache(int least) const {
        constexpr int numbers = 1 << 18;
        return widest_picture ? std::max(least, numbers / widest_picture) : std::numeric_limits<int>::max();
    }

    // Outputs of a member: what the loss takes.
    int n_scores() const { return n_outputs / n_members; }

    // Phases of a forward and backward pass, each over all rows of the batch: to every synchronisation point,
    // through loss, and back from every point.
    int phases() const { return 2 * int(sync_points.size()) + 1; }

    // Calls visit(layer) with the layer at a synchronisation point.
    template <class Visit> void visit_sync_point(std::size_t number, Visit visit) const {
        std::visit(
            [&](const auto &layer) {
                if constexpr (MixesRows<decltype(layer)>) visit(layer);
            },
            layers[sync_points[number]]);
    }

    // The first layer with parameters: none below it needs a gradient.
    std::size_t first_trained() const { return segments.empty() ? layers.size() : segments.front().layer; }

    // Whether a layer belongs to training alone.
    bool only_trains() const {
        return std::any_of(layers.begin(), layers.end(), [](const Layer<T> &layer) {
            return std::visit(
                [](const auto &l) {
                    if constexpr (requires { l.training_only; }) return l.training_only;
                    return false;
                },
                layer);
        });
    }

    // Terms of the longest sum in a matrix product: over rows, or over the units on a layer's either side.
    int longest_sum(int rows) const {
        // A chain whose rows pass together has as many as an int holds.
        constexpr std::int64_t limit = std::numeric_limits<int>::max();
        const auto all_rows = int(std::min(std::int64_t(rows) * n_members, limit));
        int longest = std::max(all_rows, n_inputs), members = 1;
        for (const Layer<T> &layer : layers)
            std::visit(
                [&](const auto &l) {
                    if constexpr (requires { l.n_members; }) members = l.n_members;
                    longest = std::max(longest, l.n_outputs / members);
                    if constexpr (requires { l.longest_sum(); }) longest = std::max(longest, l.longest_sum());
                },
                layer);
        return longest;
    }

    // Of one row's forward pass, about: most layers use a parameter once.
    std::size_t multiplications() const {
        std::size_t sum = 0;
        for (const Layer<T> &layer : layers)
            std::visit(
                [&](const auto &l) {
                    if constexpr (requires { l.multiplications(); })
                        sum += l.multiplications();
                    else
                        for (const ParameterRange &range : l.parameters()) sum += range.size;
                },
                layer);
        return sum;
    }

    // Whether a product over several of so many rows may go to BLAS.
    bool calls_blas(int rows) const {
        return precision != Precision::ordered && longest_sum(rows) > longest_tiled_sum;
    }

    // Elements of pass.scratch: of the matrix products, or of a layer that uses it itself.
    std::size_t scratch_size(int rows) const {
        std::size_t most = rosenblatt::scratch_size<T>(rows, longest_sum(1), precision);
        for (const Layer<T> &layer : layers)
            std::visit([&](const auto &l) { most = std::max(most, scratch_of(l, rows)); }, layer);
        return most;
    }

  private:
    static constexpr std::size_t most_parameters = std::size_t(1) << 48;
    static constexpr int most_units = 1 << 28;
    bool is_ensemble = false; // so far: also one of a single member
    Picture picture;          // that the outputs so far are; of no pixels where they are none

    static bool is_ordered(const LayerSpec &spec) {
        const auto *dense = std::get_if<DenseSpec>(&spec);
        return dense && dense->ordered;
    }

    void append_block(const DenseSpec &spec) {
        picture = {};
        append_dense(spec, [&](const Activation &fused) {
            return Dense<T>{.n_inputs = n_outputs,
                            .n_outputs = spec.units,
                            .offset = n_parameters,
                            .activation = fused,
                            .adds_to_dx = spec.residual,
                            .ntk = spec.ntk};
        });
    }

    // Whether the pieces of features need no gradient on their way back: at the start of the chain, and of
    // the inputs that its first layer, an embedding, keeps.
    bool begins_with(const PiecePlaces<T> &places) const {
        if (layers.empty()) return true;
        const auto *embedding = std::get_if<NumericEmbedding<T>>(&layers.front());
        return embedding && layers.size() == 1 && places.features.front() >= embedding->n_embedded();
    }

    // Pieces, factors of them or none, and a dense layer as two layers, if the chain `begins_with` the pieces
    // and nothing else needs them: how many of the specs these are, or 0.
    std::size_t append_pieces_and_dense(const std::vector<LayerSpec> &specs, std::size_t at) {
        const auto *of = std::get_if<PiecewiseLinearSpec>(&specs[at]);
        const bool scaled = at + 1 < specs.size() && std::holds_alternative<ScaleSpec>(specs[at + 1]);
        const std::size_t behind = at + 1 + std::size_t(scaled);
        const auto *dense = behind < specs.size() ? std::get_if<DenseSpec>(&specs[behind]) : nullptr;
        if (!of || !dense || dense->residual || dense->ntk || precision == Precision::bfloat16) return 0;
        const PiecePlaces<T> places(pieces(*of), scaled ? std::optional(n_parameters) : std::nullopt);
        if (places.features.empty() || !begins_with(places)) return 0;
        const auto make = [&](const Activation &fused) {
            return PiecewiseDense<T>{places, dense->units, n_parameters, fused};
        };
        if (precision == Precision::exact &&
            std::max(n_outputs, make(Identity{}).longest_sum()) > longest_tiled_sum)
            return 0;
        n_blocks += int(scaled); // whose block the factors are
        append(places);
        ++n_blocks;
        append_dense(*dense, make);
        ++n_blocks;
        return behind + 1 - at;
    }

    template <class Make> void append_dense(const DenseSpec &spec, Make make) {
        if (spec.units < 1) throw std::invalid_argument("a layer needs at least one unit");
        if (!(spec.dropout >= 0 && spec.dropout < 1)) throw std::invalid_argument("dropout is in [0, 1)");
        const Activation activation = Catalogue<Activation>::make(spec.activation);
        const bool fuses = derivative_from_output(activation);
        const Activation fused = fuses ? activation : Identity{};
        const int block_inputs = n_outputs, source = int(layers.size()) - 1;
        append(make(spec.normalization ? Identity{} : fused));
        if (spec.normalization)
            append_normalization(Catalogue<Normalization>::make(*spec.normalization), fused);
        if (derivative_from_input(activation))
            append(ActivationFromInput<T>{n_outputs, activation});
        else if (!fuses)
            append(RowwiseActivation<T>{n_outputs, activation});
        append_dropout(spec.dropout);
        if (spec.residual)
            append(ResidualAdd<T>{
                .n_inputs = block_inputs, .n_outputs = n_outputs, .offset = n_parameters, .source = source});
    }

    void append_block(const PiecewiseLinearSpec &spec) { append(pieces(spec)); }

    void append_block(const NumericEmbeddingSpec &spec) {
        if (spec.width < 1) throw std::invalid_argument("an embedding has one number or more");
        const Activation activation = Catalogue<Activation>::make(spec.activation);
        if (!derivative_from_output(activation) && !derivative_from_input(activation))
            throw std::invalid_argument("an embedding takes an activation of single numbers");
        if (n_outputs > most_units / (spec.width + 1)) throw std::length_error("the network is too large");
        const int numbers = spec.n_numbers.value_or(n_outputs);
        if (numbers < 1 || numbers > n_outputs)
            throw std::invalid_argument("an embedding takes one number or more, and no more than there are");
        append(
            NumericEmbedding<T>{.n_inputs = n_outputs,
                                .n_numbers = numbers,
                                .n_outputs = numbers * (spec.width - 1 + int(spec.keeps_input)) + n_outputs,
                                .width = spec.width,
                                .offset = n_parameters,
                                .basis = number_basis<T>(spec.basis, numbers),
                                .activation = activation,
                                .keeps_input = spec.keeps_input,
                                .index = int(layers.size())});
    }

    void append_block(const CategoryEmbeddingSpec &spec) {
        if (!layers.empty() || input_noise > 0)
            throw std::invalid_argument("codes of categories are the input of a network, without noise");
        append(CategoryEmbedding<T>(spec, n_outputs, n_parameters));
    }

    // What the layers of an ensemble's members have in common: `make` is given the inputs of one, and the
    // activation to fuse.
    template <class Spec, class Make> void append_members(const Spec &spec, Make make) {
        if (spec.members < 1 || spec.units < 1)
            throw std::invalid_argument("an ensemble has members, and their layers units");
        if (n_members > 1 && n_members != spec.members)
            throw std::invalid_argument("layers of an ensemble have another number of members");
        if (!(spec.dropout >= 0 && spec.dropout < 1)) throw std::invalid_argument("dropout is in [0, 1)");
        if (spec.units > most_units / spec.members) throw std::length_error("the network is too large");
        const Activation activation = Catalogue<Activation>::make(spec.activation);
        const bool fuses = derivative_from_output(activation);
        if (!fuses && !derivative_from_input(activation))
            throw std::invalid_argument("an ensemble takes activations of single numbers");
        const int inputs = is_ensemble ? n_outputs / n_members : n_outputs;
        auto layer = make(inputs, fuses ? activation : Activation{Identity{}});
        n_members = spec.members;
        is_ensemble = true;
        append(std::move(layer));
        if (!fuses) append(ActivationFromInput<T>{n_outputs, activation});
        append_dropout(spec.dropout);
    }

    void append_block(const EnsembleDenseSpec &spec) {
        append_members(spec, [&](int inputs, const Activation &fused) {
            return EnsembleDense<T>{.n_members = spec.members,
                                    .n_inputs = inputs,
                                    .n_units = spec.units,
                                    .n_outputs = spec.members * spec.units,
                                    .shares_input = !is_ensemble,
                                    .offset = n_parameters,
                                    .activation = fused,
                                    .scales_input = spec.scales_input,
                                    .scales_output = spec.scales_output,
                                    .shares_bias = spec.shares_bias,
                                    .precision = precision,
                                    .index = int(layers.size())};
        });
    }

    void append_block(const PackedDenseSpec &spec) {
        append_members(spec, [&](int inputs, const Activation &fused) {
            return PackedDense<T>{.n_members = spec.members,
                                  .n_inputs = inputs,
                                  .n_units = spec.units,
                                  .n_outputs = spec.members * spec.units,
                                  .shares_input = !is_ensemble,
                                  .offset = n_parameters,
                                  .activation = fused};
        });
    }

    void append_dropout(double rate) {
        if (rate > 0)
            append(Dropout<T>{
                .n_outputs = n_outputs, .rate = rate, .stream = n_blocks + 1, .index = int(layers.size())});
    }

    void append_block(const DropoutSpec &spec) {
        if (!(spec.rate >= 0 && spec.rate < 1)) throw std::invalid_argument("dropout is in [0, 1)");
        append_dropout(spec.rate);
    }

    void append_block(const PReLUSpec &spec) { append(PReLU<T>{n_outputs, spec.shares_slope, n_parameters}); }

    void append_block(const ParametricActivationSpec &spec) {
        append(ParametricActivation<T>{n_outputs, n_parameters, single(spec.activation)});
    }

    void append_block(const GLUSpec &spec) {
        if (picture.channels % 2 == 1) throw std::invalid_argument("a gated unit takes two inputs");
        const int groups = is_ensemble ? n_members : std::max(picture.pixels(), 1);
        picture.channels /= 2;
        if (n_outputs / groups % 2) throw std::invalid_argument("a gated unit takes two inputs");
        append(GLU<T>{n_outputs / 2, groups, n_parameters, single(spec.activation)});
    }

    static Activation single(const MemberSpec &spec) {
        const Activation activation = Catalogue<Activation>::make(spec);
        if (!derivative_from_output(activation) && !derivative_from_input(activation))
            throw std::invalid_argument("a layer takes an activation of single numbers");
        return activation;
    }

    void append_block(const ScaleSpec &) { append(Scale<T>{n_outputs, n_parameters}); }

    void append_block(const InterpolationSpec &spec) { append(Interpolation<T>(spec, n_outputs)); }

    void append_block(const ReshapeSpec &spec) {
        if (spec.height < 1 || spec.width < 1 || spec.channels < 1 ||
            double(spec.height) * spec.width * spec.channels != double(n_outputs))
            throw std::invalid_argument("a picture has another number of pixels");
        picture = {spec.height, spec.width, spec.channels};
    }

    void append_block(const FlattenSpec &) { picture = {}; }

    // The picture that a layer takes.
    const Picture &taken_picture() const {
        if (picture.pixels() == 0 || picture.size() != n_outputs)
            throw std::invalid_argument("a layer of pictures takes rows that are pictures");
        return picture;
    }

    template <class L> void append_picture(const Picture &out, L layer) {
        append(std::move(layer));
        picture = out;
        widest_picture = std::max(widest_picture, n_outputs);
    }

    // A convolution of pictures `in`, with the activation that no normalisation behind it takes over.
    Convolution<T> convolution(const Conv2DSpec &spec, const Picture &in, const Activation &fused,
                               bool adds_to_dx) const {
        if (spec.filters < 1 || spec.groups < 1 || spec.filters % spec.groups || in.channels % spec.groups)
            throw std::invalid_argument("groups divide filters and channels");
        const Picture out = places_of(in, spec.kernel, spec.stride, spec.padding, spec.filters);
        if (double(spec.kernel.pixels()) * in.channels * spec.filters > double(most_units))
            throw std::length_error("the network is too large");
        return {.in = in,
                .out = out,
                .kernel = spec.kernel,
                .stride = spec.stride,
                .padding = spec.padding,
                .groups = spec.groups,
                .n_outputs = out.size(),
                .offset = n_parameters,
                .activation = spec.normalization ? Identity{} : fused,
                .adds_to_dx = adds_to_dx};
    }

    template <class L>
    void append_convolution(const Picture &out, L layer, const Conv2DSpec &spec, const Activation &fused) {
        append_picture(out, std::move(layer));
        if (spec.normalization)
            append_normalization(Catalogue<Normalization>::make(*spec.normalization), fused);
    }

    void append_block(const Conv2DSpec &spec) {
        const Picture in = taken_picture();
        if (!(spec.dropout >= 0 && spec.dropout < 1)) throw std::invalid_argument("dropout is in [0, 1)");
        const Activation activation = single(spec.activation);
        const bool fuses = derivative_from_output(activation);
        const Activation fused = fuses ? activation : Identity{};
        const int source = int(layers.size()) - 1;
        const Convolution<T> layer = convolution(spec, in, fused, spec.residual);
        if (spec.residual && !same(layer.out, in))
            throw std::invalid_argument("a residual connection keeps the shape of pictures");
        append_convolution(layer.out, layer, spec, fused);
        if (!fuses) append(ActivationFromInput<T>{n_outputs, activation});
        append_dropout(spec.dropout);
        if (spec.residual)
            append(ResidualAdd<T>{
                .n_inputs = n_outputs, .n_outputs = n_outputs, .offset = n_parameters, .source = source});
    }

    static bool same(const Picture &a, const Picture &b) {
        return a.height == b.height && a.width == b.width && a.channels == b.channels;
    }

    void append_block(const ResidualBlockSpec &spec) {
        const Picture in = taken_picture();
        const Activation activation = single(spec.activation);
        const bool fuses = derivative_from_output(activation);
        const Activation fused = fuses ? activation : Identity{};
        if (spec.kernel.height % 2 == 0 || spec.kernel.width % 2 == 0)
            throw std::invalid_argument("a residual block has an odd kernel");
        Conv2DSpec part{.filters = spec.filters,
                        .kernel = spec.kernel,
                        .stride = spec.stride,
                        .padding = {spec.kernel.height / 2, spec.kernel.width / 2},
                        .groups = 1,
                        .activation = spec.activation,
                        .normalization = spec.normalization,
                        .dropout = 0,
                        .residual = false};
        int source = int(layers.size()) - 1;
        const Convolution<T> first = convolution(part, in, fused, true);
        append_convolution(first.out, first, part, fused);
        if (!fuses) append(ActivationFromInput<T>{n_outputs, activation});
        part.stride = {1, 1};
        append_convolution(first.out, convolution(part, first.out, Identity{}, false), part, Identity{});
        if (!same(first.out, in)) {
            const int before = std::exchange(source, int(layers.size()) - 1);
            part.kernel = {1, 1};
            part.stride = spec.stride;
            part.padding = {0, 0};
            const Convolution<T> shortcut = convolution(part, in, Identity{}, false);
            append_convolution(first.out,
                               ShortcutConvolution<T>{.n_outputs = shortcut.n_outputs,
                                                      .source = before,
                                                      .convolution = shortcut},
                               part, Identity{});
        }
        append(ResidualAdd<T>{.n_inputs = n_outputs,
                              .n_outputs = n_outputs,
                              .offset = n_parameters,
                              .source = source,
                              .activation = fused});
        if (!fuses) append(ActivationFromInput<T>{n_outputs, activation});
    }

    PoolWindow pool_window(const Sides &window, const Sides &stride) const {
        const Picture in = taken_picture();
        return {in, places_of(in, window, stride, {0, 0}, in.channels), window, stride};
    }

    void append_block(const MaxPool2DSpec &spec) {
        const PoolWindow pool = pool_window(spec.window, spec.stride);
        append_picture(pool.out, MaxPool2D<T>{pool, pool.out.size()});
    }

    void append_block(const AveragePool2DSpec &spec) {
        const PoolWindow pool = pool_window(spec.window, spec.stride);
        append_picture(pool.out, AveragePool2D<T>{pool, pool.out.size()});
    }

    void append_block(const GlobalAveragePool2DSpec &) {
        const Picture in = taken_picture();
        const Sides whole{in.height, in.width};
        const PoolWindow pool{in, {1, 1, in.channels}, whole, whole};
        append_picture({}, AveragePool2D<T>{pool, pool.out.size()});
    }

    void append_block(const LocalResponseNormSpec &spec) {
        const Picture in = taken_picture();
        if (spec.size < 1 || spec.size % 2 == 0 || !(spec.k > 0) || !(spec.alpha >= 0) || !(spec.beta >= 0))
            throw std::invalid_argument("a local response is over an odd number of channels, with k above 0");
        append_picture(in, LocalResponseNorm<T>{in, in.size(), spec});
    }

    void append_block(const AugmentationSpec &spec) {
        const Picture in = taken_picture();
        const Picture out = std::visit([&](const auto &t) { return t.result(in); }, spec.transform);
        if (!std::visit([](const auto &t) { return t.changes(); }, spec.transform)) return;
        const auto *crop = std::get_if<augmentation::Crop>(&spec.transform);
        append_picture(out, Augmentation<T>{.in = in,
                                            .out = out,
                                            .n_outputs = out.size(),
                                            .transform = spec.transform,
                                            .stream = n_blocks + 1,
                                            .training_only = !crop || crop->random});
    }

    PiecewiseLinear<T> pieces(const PiecewiseLinearSpec &spec) const {
        if (int(spec.n_pieces.size()) != n_outputs)
            throw std::invalid_argument("a piecewise-linear layer takes another number of features");
        return PiecewiseLinear<T>(spec);
    }

    void append_normalization(const Normalization &normalization, const Activation &fused) {
        const int index = int(layers.size()), units = picture.pixels() > 0 ? picture.channels : n_outputs;
        if (const auto *by_row = std::get_if<LayerNorm>(&normalization)) {
            append_by_pixels(NormalizeRows<T>{units, n_parameters, *by_row, fused, index});
        } else {
            append_by_pixels(NormalizeColumns<T>{units, n_parameters, n_state,
                                                 std::get<BatchNorm>(normalization), fused, index});
            n_state += 2 * std::size_t(units);
        }
    }

    // A layer of units, of which those of a picture are the channels of every pixel.
    template <class L> void append_by_pixels(L layer) {
        if (picture.pixels() == 0) return append(std::move(layer));
        append(PixelRows<T, L>{n_outputs, picture.pixels(), std::move(layer)});
    }

    template <class L> void append(L layer) {
        n_outputs = layer.n_outputs;
        if constexpr (MixesRows<L>) sync_points.push_back(layers.size());
        for (const ParameterRange &range : layer.parameters()) {
            segments.push_back(
                {range.begin, range.begin + range.size, range.penalised, n_blocks, layers.size()});
            n_parameters += range.size;
            if (n_parameters > most_parameters) throw std::length_error("the network is too large");
        }
        layers.emplace_back(std::move(layer));
    }
};

} // namespace rosenblatt
