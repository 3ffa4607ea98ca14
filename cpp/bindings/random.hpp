// NumPy's generators, and the engine's own random words.
#pragma once

#include "../philox.hpp"
#include "../shuffle.hpp"
#include "arrays.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace rosenblatt::bindings {

// The generator in the capsule that NumPy's BitGenerator exposes.
inline const BitGenerator &bit_generator(nb::handle capsule) {
    return *static_cast<const BitGenerator *>(nb::cast<nb::capsule>(capsule).data("BitGenerator"));
}

// Words of the elements from `begin` on.
inline void random_words(std::uint64_t seed, std::int64_t step, int layer, std::uint64_t begin,
                         Out1<std::uint32_t> out) {
    require_aligned(out);
    philox::Stream{seed, step, layer}.for_each(begin, begin + out.shape(0),
                                               [&](std::ptrdiff_t at, const std::uint32_t *words, int n) {
                                                   std::copy_n(words, n, out.data() + at);
                                               });
}

inline void bind_random(nb::module_ &m) {
    m.def("philox", &random_words, "seed"_a, "step"_a, "layer"_a, "begin"_a, "out"_a.noconvert());
    m.def(
        "shuffle",
        [](Out1<std::int64_t> items, nb::handle generator) {
            require_aligned(items);
            shuffle(items.data(), items.shape(0), bit_generator(generator));
        },
        "items"_a.noconvert(), "generator"_a);
}

} // namespace rosenblatt::bindings
