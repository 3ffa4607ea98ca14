// NumPy's shuffle, bit for bit and faster: the Fisher-Yates of its RandomState.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace rosenblatt {

// The head of NumPy's public bitgen_t (numpy/random/bitgen.h): a generator's state and its functions.
struct BitGenerator {
    void *state;
    std::uint64_t (*next_uint64)(void *);
    std::uint32_t (*next_uint32)(void *);
};

// Swaps item i, from the last one down, with one of the items 0 to i, drawn by masking random bits and
// rejecting numbers that are too large. A rejected draw swaps an item with itself: no branch depends on
// random bits.
template <class Item> void shuffle(Item *items, std::size_t n, const BitGenerator &generator) {
    void *const state = generator.state;
    const auto next = generator.next_uint32;
    for (std::size_t i = n - 1; n > 0 && i > 0;) {
        const std::size_t mask = std::bit_ceil(i + 1) - 1, low = (mask >> 1) + 1;
        const bool wide = i > 0xffffffff;
        while (i >= low) {
            const std::size_t drawn = (wide ? generator.next_uint64(state) : next(state)) & mask;
            const bool taken = drawn <= i;
            const std::size_t j = taken ? drawn : i;
            const Item a = items[i], b = items[j];
            items[i] = b;
            items[j] = a;
            i -= taken;
        }
    }
}

} // namespace rosenblatt
