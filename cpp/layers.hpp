// The layers of a chain. Every layer is a struct with the same few members, and the loops over a chain
// require nothing else:
//
//   n_outputs                      its units
//   in_place                       the output overwrites the input, and the gradient likewise
//   parameters()                   its ranges of the flat parameter vector
//   forward(pass, x, y)            y from x
//   backward(pass, x, y, dy, dx)   the parameters' gradient, and dx from dy; dx may be null
//
// and optionally:
//
//   gradient_in_place              dx overwrites dy, whether or not the output is in place
//   training_only                  whether it is no part of a prediction
//   saved_size(rows)               elements that it saves for the backward pass, in pass.space->saved
//   scratch_size(rows)             elements that it uses of pass.scratch, products of its own included
//   longest_sum()                  terms of a sum that is longer than its output
//   unit_weights()                 the weights into its units: a max-norm constraint projects them
//   forward_columns(...), ...      parts of a step by columns: see ColumnParallel
//   local_moments(...), ...        parts of a step between which all rows synchronise: see MixesRows
//
// Layers that few networks have are kept out of line, which keeps the loops short for all others.
#pragma once

#include "activation_layers.hpp"
#include "augmentation.hpp"
#include "batch_normalize.hpp"
#include "category_embedding.hpp"
#include "convolution.hpp"
#include "dense.hpp"
#include "dropout.hpp"
#include "ensemble.hpp"
#include "interpolation.hpp"
#include "learned_activations.hpp"
#include "local_response_norm.hpp"
#include "normalize.hpp"
#include "numeric_embedding.hpp"
#include "piecewise_dense.hpp"
#include "piecewise_linear.hpp"
#include "pooling.hpp"
#include "residual.hpp"
#include "residual_block.hpp"
#include "scale.hpp"

#include <cstddef>
#include <type_traits>
#include <variant>

namespace rosenblatt {

template <class T>
using Layer =
    std::variant<Dense<T>, ActivationFromInput<T>, RowwiseActivation<T>, NormalizeRows<T>,
                 NormalizeColumns<T>, Dropout<T>, ResidualAdd<T>, PiecewiseLinear<T>, PiecePlaces<T>,
                 PiecewiseDense<T>, Scale<T>, NumericEmbedding<T>, CategoryEmbedding<T>, EnsembleDense<T>,
                 PackedDense<T>, PReLU<T>, ParametricActivation<T>, GLU<T>, Interpolation<T>, Convolution<T>,
                 PixelRows<T, NormalizeRows<T>>, PixelRows<T, NormalizeColumns<T>>, MaxPool2D<T>,
                 AveragePool2D<T>, LocalResponseNorm<T>, Augmentation<T>, ShortcutConvolution<T>>;

// A layer whose output depends on all rows of a batch: the passes stop there until every task has added up
// its rows' moments, or on the way back their gradients' sums.
template <class L>
concept MixesRows = requires { &std::remove_cvref_t<L>::local_moments; };

template <class L>
concept HasUnitWeights = requires(const L &layer) { layer.unit_weights(); };

template <class L>
concept HasColumns = requires { &std::remove_cvref_t<L>::forward_columns; };

template <class L> constexpr bool gradient_in_place(const L &layer) {
    if constexpr (requires { layer.gradient_in_place; })
        return layer.gradient_in_place;
    else
        return layer.in_place;
}

template <class L> std::size_t saved_by(const L &layer, int rows) {
    if constexpr (requires { layer.saved_size(rows); })
        return layer.saved_size(rows);
    else
        return 0;
}

template <class L> std::size_t scratch_of(const L &layer, int rows) {
    if constexpr (requires { layer.scratch_size(rows); })
        return layer.scratch_size(rows);
    else
        return 0;
}

} // namespace rosenblatt
