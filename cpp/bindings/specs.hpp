// Members and layers as they cross the binding, converted to the engine's specifications.
#pragma once

#include "../chain.hpp"
#include "arrays.hpp"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace rosenblatt::bindings {

// A member: its name, and the values of its fields in their order.
using NamedFields = std::pair<std::string, std::vector<double>>;

inline MemberSpec member(const NamedFields &given) { return {given.first, given.second}; }

template <class Variant> Variant made(const NamedFields &given) {
    return Catalogue<Variant>::make(member(given));
}

// A layer: the name of its kind, and its fields by name.
using NamedLayers = std::vector<std::pair<std::string, nb::dict>>;

// Reads the fields of one layer, each once; what is left over is an error.
class LayerFields {
  public:
    LayerFields(const std::string &kind, const nb::dict &fields) : kind_(kind), fields_(fields) {}

    template <class V> V required(const char *name) {
        if (!fields_.contains(name)) throw std::invalid_argument(kind_ + " lacks the field " + name);
        return value<V>(name);
    }

    template <class V> V optional(const char *name, V otherwise) {
        return fields_.contains(name) ? value<V>(name) : otherwise;
    }

    void require_all_read() const {
        if (read_ != fields_.size()) throw std::invalid_argument(kind_ + " takes other fields");
    }

  private:
    template <class V> V value(const char *name) {
        ++read_;
        try {
            return nb::cast<V>(fields_[name]);
        } catch (const nb::cast_error &) {
            throw nb::type_error((kind_ + " takes another type for the field " + name).c_str());
        }
    }

    const std::string &kind_;
    const nb::dict &fields_;
    std::size_t read_ = 0;
};

inline DenseSpec dense_spec(LayerFields &fields) {
    DenseSpec spec{.units = fields.required<int>("units"),
                   .activation = member(fields.required<NamedFields>("activation"))};
    if (const auto given = fields.optional<std::optional<NamedFields>>("normalization", {}))
        spec.normalization = member(*given);
    spec.dropout = fields.optional("dropout", 0.0);
    spec.residual = fields.optional("residual", false);
    spec.ntk = fields.optional("ntk", false);
    spec.ordered = fields.optional("ordered", false);
    return spec;
}

inline PiecewiseLinearSpec piecewise_linear_spec(LayerFields &fields) {
    using Numbers = std::vector<double>;
    return {.lows = fields.required<Numbers>("lows"),
            .highs = fields.required<Numbers>("highs"),
            .n_pieces = fields.required<std::vector<int>>("n_pieces"),
            .begins = fields.required<Numbers>("begins"),
            .widths = fields.required<Numbers>("widths"),
            .centers = fields.required<Numbers>("centers"),
            .gains = fields.required<Numbers>("gains"),
            .reach = fields.optional("reach", 1.0)};
}

inline NumberBasisSpec periodic_spec(LayerFields &fields) {
    return PeriodicSpec{.n_frequencies = fields.required<int>("n_frequencies"),
                        .has_phase = fields.required<bool>("has_phase")};
}

inline NumberBasisSpec pieces_spec(LayerFields &fields) {
    using Numbers = std::vector<double>;
    return PiecesSpec{.n_pieces = fields.required<std::vector<int>>("n_pieces"),
                      .begins = fields.required<Numbers>("begins"),
                      .widths = fields.required<Numbers>("widths"),
                      .starts_linear = fields.required<bool>("starts_linear")};
}

inline NumericEmbeddingSpec numeric_embedding_spec(LayerFields &fields, NumberBasisSpec basis) {
    return {.basis = std::move(basis),
            .width = fields.required<int>("width"),
            .activation = member(fields.required<NamedFields>("activation")),
            .keeps_input = fields.required<bool>("keeps_input"),
            .n_numbers = fields.optional<std::optional<int>>("n_numbers", {})};
}

inline EnsembleDenseSpec ensemble_dense_spec(LayerFields &fields) {
    return {.members = fields.required<int>("n_members"),
            .units = fields.required<int>("n_outputs"),
            .activation = member(fields.required<NamedFields>("activation")),
            .dropout = fields.optional("dropout", 0.0),
            .scales_input = fields.required<bool>("scales_input"),
            .scales_output = fields.required<bool>("scales_output"),
            .shares_bias = fields.required<bool>("shares_bias")};
}

inline PackedDenseSpec packed_dense_spec(LayerFields &fields) {
    return {.members = fields.required<int>("n_members"),
            .units = fields.required<int>("n_outputs"),
            .activation = member(fields.required<NamedFields>("activation")),
            .dropout = fields.optional("dropout", 0.0)};
}

inline InterpolationSpec interpolation_spec(LayerFields &fields) {
    using Numbers = std::vector<double>;
    return {.features = fields.required<int>("n_features"),
            .columns = fields.required<std::vector<int>>("columns"),
            .n_knots = fields.required<std::vector<int>>("n_knots"),
            .x = fields.required<Numbers>("x"),
            .y = fields.required<Numbers>("y")};
}

inline Sides sides(LayerFields &fields, const char *name) {
    const auto [height, width] = fields.required<std::pair<int, int>>(name);
    return {height, width};
}

inline Conv2DSpec conv2d_spec(LayerFields &fields) {
    Conv2DSpec spec{.filters = fields.required<int>("filters"),
                    .kernel = sides(fields, "kernel_size"),
                    .stride = sides(fields, "stride"),
                    .padding = sides(fields, "padding"),
                    .groups = fields.required<int>("groups"),
                    .activation = member(fields.required<NamedFields>("activation")),
                    .normalization = {},
                    .dropout = fields.optional("dropout", 0.0),
                    .residual = fields.optional("residual", false)};
    if (const auto given = fields.optional<std::optional<NamedFields>>("normalization", {}))
        spec.normalization = member(*given);
    return spec;
}

inline ResidualBlockSpec residual_block_spec(LayerFields &fields) {
    ResidualBlockSpec spec{.filters = fields.required<int>("filters"),
                           .kernel = sides(fields, "kernel_size"),
                           .stride = sides(fields, "stride"),
                           .activation = member(fields.required<NamedFields>("activation")),
                           .normalization = {}};
    if (const auto given = fields.optional<std::optional<NamedFields>>("normalization", {}))
        spec.normalization = member(*given);
    return spec;
}

// Without what training alone has, a transform changes nothing or, a part, is the middle one.
inline std::optional<AugmentationSpec> augmentation_spec(const std::string &kind, LayerFields &fields) {
    const auto optional_sides = [&](const char *name) {
        const auto [height, width] = fields.optional(name, std::pair<int, int>{0, 0});
        return Sides{height, width};
    };
    if (kind == "Flip")
        return AugmentationSpec{
            augmentation::Flip{fields.optional("horizontal", false), fields.optional("vertical", false)}};
    if (kind == "Shift") return AugmentationSpec{augmentation::Shift{optional_sides("pixels")}};
    if (kind == "Crop")
        return AugmentationSpec{augmentation::Crop{sides(fields, "size"), sides(fields, "padding"),
                                                   fields.optional("random", false)}};
    if (kind == "Rotate") return AugmentationSpec{augmentation::Rotate{fields.optional("degrees", 0.0)}};
    if (kind == "Cutout") return AugmentationSpec{augmentation::Cutout{optional_sides("size")}};
    return {};
}

inline LayerSpec layer_spec(const std::string &kind, LayerFields &fields) {
    if (kind == "Dense") return dense_spec(fields);
    if (kind == "PiecewiseLinear") return piecewise_linear_spec(fields);
    if (kind == "CategoryEmbedding")
        return CategoryEmbeddingSpec{.columns = fields.required<std::vector<int>>("columns"),
                                     .sizes = fields.required<std::vector<int>>("sizes"),
                                     .widths = fields.required<std::vector<int>>("widths")};
    if (kind == "EnsembleDense") return ensemble_dense_spec(fields);
    if (kind == "PackedDense") return packed_dense_spec(fields);
    if (kind == "Interpolation") return interpolation_spec(fields);
    if (kind == "Scale") return ScaleSpec{};
    if (kind == "Dropout") return DropoutSpec{fields.optional("rate", 0.0)};
    if (kind == "PReLU") return PReLUSpec{fields.required<bool>("shares_slope")};
    if (kind == "ParametricActivation")
        return ParametricActivationSpec{member(fields.required<NamedFields>("activation"))};
    if (kind == "GLU") return GLUSpec{member(fields.required<NamedFields>("activation"))};
    if (kind == "Reshape")
        return ReshapeSpec{fields.required<int>("height"), fields.required<int>("width"),
                           fields.required<int>("channels")};
    if (kind == "Flatten") return FlattenSpec{};
    if (kind == "Conv2D") return conv2d_spec(fields);
    if (kind == "ResidualBlock") return residual_block_spec(fields);
    if (kind == "MaxPool2D") return MaxPool2DSpec{sides(fields, "window"), sides(fields, "stride")};
    if (kind == "AveragePool2D") return AveragePool2DSpec{sides(fields, "window"), sides(fields, "stride")};
    if (kind == "GlobalAveragePool2D") return GlobalAveragePool2DSpec{};
    if (kind == "LocalResponseNorm")
        return LocalResponseNormSpec{fields.required<int>("size"), fields.required<double>("alpha"),
                                     fields.required<double>("beta"), fields.required<double>("k")};
    if (kind == "Periodic") return numeric_embedding_spec(fields, periodic_spec(fields));
    if (kind == "Pieces") return numeric_embedding_spec(fields, pieces_spec(fields));
    if (const auto varied = augmentation_spec(kind, fields)) return *varied;
    throw std::invalid_argument("the engine has no layer of the kind " + kind);
}

inline std::vector<LayerSpec> layer_specs(const NamedLayers &layers) {
    std::vector<LayerSpec> specs;
    for (const auto &[kind, given] : layers) {
        LayerFields fields(kind, given);
        specs.push_back(layer_spec(kind, fields));
        fields.require_all_read();
    }
    return specs;
}

template <class T>
Chain<T> chain(int n_inputs, const NamedLayers &layers, Precision precision = Precision::exact,
               double noise = 0) {
    require(n_inputs >= 1 && !layers.empty(), "a chain needs inputs and layers");
    return Chain<T>(n_inputs, layer_specs(layers), precision, noise);
}

} // namespace rosenblatt::bindings
