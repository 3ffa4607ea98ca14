// The arrays that cross the binding, and the checks that keep the engine within them.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <type_traits>

namespace rosenblatt::bindings {

namespace nb = nanobind;
using namespace nb::literals;

template <class T> using In1 = nb::ndarray<const T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
template <class T> using In2 = nb::ndarray<const T, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
template <class T> using Out1 = nb::ndarray<T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
template <class T> using Out2 = nb::ndarray<T, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
// Rows may have any stride, the elements of a row are contiguous.
template <class T> using Slots = nb::ndarray<T, nb::ndim<2>, nb::device::cpu>;

inline void require(bool condition, const char *message) {
    if (!condition) throw std::invalid_argument(message);
}

// Processors that read unaligned memory in most instructions do not in all of them.
template <class... Arrays> void require_aligned(const Arrays &...arrays) {
    const auto aligned = [](const auto *p) {
        return reinterpret_cast<std::uintptr_t>(p) % alignof(std::remove_pointer_t<decltype(p)>) == 0;
    };
    require((aligned(arrays.data()) && ...), "an array is not aligned in memory");
}

inline int checked_columns(std::size_t n) {
    require(n >= 1 && n <= std::size_t(std::numeric_limits<int>::max()), "bad number of columns");
    return int(n);
}

} // namespace rosenblatt::bindings
