// Vectors of the width that this build's instruction set has, by the compiler's vector extensions.
#pragma once

#include <cstring>
#include <utility>

namespace rosenblatt::simd {

#if defined(__AVX512F__)
inline constexpr int bytes = 64, registers = 32;
#elif defined(__AVX2__)
inline constexpr int bytes = 32, registers = 16;
#else
inline constexpr int bytes = 16, registers = 16;
#endif

template <class T> inline constexpr int width = bytes / int(sizeof(T));

template <class T> struct VectorOf;
template <> struct VectorOf<float> {
    using type = float __attribute__((vector_size(bytes)));
    using lanes = int __attribute__((vector_size(bytes)));
};
template <> struct VectorOf<double> {
    using type = double __attribute__((vector_size(bytes)));
    using lanes = long long __attribute__((vector_size(bytes)));
};
template <class T> using Vector = typename VectorOf<T>::type;

template <class T> inline Vector<T> load(const T *from) {
    Vector<T> v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

template <class T> inline void store(T *to, Vector<T> v) { std::memcpy(to, &v, sizeof v); }

template <class T> inline Vector<T> broadcast(T x) { return x - Vector<T>{}; }

// Lanes [0, width) come from a, [width, 2·width) from b.
template <class T, int... lane>
inline Vector<T> shuffle(Vector<T> a, Vector<T> b, std::integer_sequence<int, lane...>) {
#if defined(__clang__)
    return __builtin_shufflevector(a, b, lane...);
#else
    return __builtin_shuffle(a, b, typename VectorOf<T>::lanes{lane...});
#endif
}

// Rows i and i + step of a matrix of vectors, with blocks of `step` lanes exchanged across the
// diagonal: the low half keeps a's even blocks and takes b's, the high half the odd ones.
template <int step, bool high, class T, int... lane>
inline Vector<T> exchanged(Vector<T> a, Vector<T> b, std::integer_sequence<int, lane...>) {
    constexpr int n = width<T>;
    return shuffle<T>(a, b,
                      std::integer_sequence<int, ((lane & step) ? n + (high ? lane : lane - step)
                                                                : (high ? lane + step : lane))...>{});
}

template <int step, class T> inline void transpose_blocks(Vector<T> *rows) {
    if constexpr (step < width<T>) {
        using Lanes = std::make_integer_sequence<int, width<T>>;
        for (int i = 0; i < width<T>; ++i) {
            if (i & step) continue;
            const Vector<T> a = rows[i], b = rows[i + step];
            rows[i] = exchanged<step, false, T>(a, b, Lanes{});
            rows[i + step] = exchanged<step, true, T>(a, b, Lanes{});
        }
        transpose_blocks<2 * step, T>(rows);
    }
}

// The transpose of a square of width × width elements, its rows given as vectors.
template <class T> inline void transpose_square(Vector<T> *rows) { transpose_blocks<1, T>(rows); }

} // namespace rosenblatt::simd
