// Vectors of the width that this build's instruction set has, by the compiler's vector extensions.
#pragma once

#include <cstddef>
#include <cstring>
#include <type_traits>
#include <utility>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

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

// The first n elements, 0 ≤ n ≤ width; the other lanes are 0, and nothing beyond is read.
template <class T> inline Vector<T> load_first(const T *from, int n) {
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == 4)
        return Vector<T>(_mm512_maskz_loadu_ps(__mmask16((1u << n) - 1), from));
    else
        return Vector<T>(_mm512_maskz_loadu_pd(__mmask8((1u << n) - 1), from));
#else
    Vector<T> v{};
    for (int i = 0; i < n; ++i) v[i] = from[i];
    return v;
#endif
}

// Stores the first n lanes and touches nothing beyond.
template <class T> inline void store_first(T *to, Vector<T> v, int n) {
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == 4)
        _mm512_mask_storeu_ps(to, __mmask16((1u << n) - 1), __m512(v));
    else
        _mm512_mask_storeu_pd(to, __mmask8((1u << n) - 1), __m512d(v));
#else
    for (int i = 0; i < n; ++i) to[i] = v[i];
#endif
}

// A call of memcpy would cost more than a short row.
template <class T> inline void copy(const T *from, int size, T *to) {
    int i = 0;
    for (; i + width<T> <= size; i += width<T>) store(to + i, load(from + i));
    if (i < size) store_first(to + i, load_first(from + i, size - i), size - i);
}

// f(0), f(1), …, f(n - 1), each number a constant: arrays indexed by it stay in registers.
template <int n, class F> [[gnu::always_inline]] inline void unrolled(F f) {
    [&]<int... i>(std::integer_sequence<int, i...>) __attribute__((always_inline)) {
        (f(std::integral_constant<int, i>{}), ...);
    }(std::make_integer_sequence<int, n>{});
}

// Strips of a row: visit(column, lanes, tag) with a tag of 4, 2 or 1 whole vectors, or of one vector of
// which only `lanes` exist. Several vectors at once hide the latency of their sums.
template <class T, class Visit> inline void for_each_strip(int columns, Visit visit) {
    constexpr int w = width<T>;
    int column = 0;
    for (; column + 4 * w <= columns; column += 4 * w) visit(column, w, std::integral_constant<int, 4>{});
    if (column + 2 * w <= columns) {
        visit(column, w, std::integral_constant<int, 2>{});
        column += 2 * w;
    }
    for (; column < columns; column += w)
        visit(column, columns - column < w ? columns - column : w, std::integral_constant<int, 1>{});
}

// One vector of a strip: whole ones take the plain instructions.
template <class T> inline Vector<T> load_lanes(const T *from, int lanes) {
    return lanes == width<T> ? load(from) : load_first(from, lanes);
}
template <class T> inline void store_lanes(T *to, Vector<T> v, int lanes) {
    if (lanes == width<T>)
        store(to, v);
    else
        store_first(to, v, lanes);
}

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

// The sums of width vectors, one in each lane: a transposition that adds what it would keep apart.
template <int step, class T> inline void add_blocks(Vector<T> *rows) {
    if constexpr (step < width<T>) {
        using Lanes = std::make_integer_sequence<int, width<T>>;
        for (int i = 0; i < width<T>; i += 2 * step)
            rows[i] = exchanged<step, false, T>(rows[i], rows[i + step], Lanes{}) +
                      exchanged<step, true, T>(rows[i], rows[i + step], Lanes{});
        add_blocks<2 * step, T>(rows);
    }
}
template <class T> inline Vector<T> sums(Vector<T> *rows) {
    add_blocks<1, T>(rows);
    return rows[0];
}

// The sum of a vector's lanes.
template <int step, class T> inline Vector<T> folded(Vector<T> v) {
    if constexpr (step < width<T>)
        return folded<2 * step, T>(
            v + exchanged<step, true, T>(v, v, std::make_integer_sequence<int, width<T>>{}));
    else
        return v;
}
template <class T> inline T sum(Vector<T> v) { return folded<1, T>(v)[0]; }

// The transpose of a square of width × width elements, its rows given as vectors.
template <class T> inline void transpose_square(Vector<T> *rows) { transpose_blocks<1, T>(rows); }

// The same from memory to memory, with `stride` elements from row to row on either side.
template <class T>
inline void transpose_square(const T *from, std::ptrdiff_t stride, T *to, std::ptrdiff_t to_stride) {
    constexpr int w = width<T>;
    Vector<T> rows[w];
    for (int r = 0; r < w; ++r) rows[r] = load(from + r * stride);
    transpose_square<T>(rows);
    for (int r = 0; r < w; ++r) store(to + r * to_stride, rows[r]);
}

#if defined(__AVX512F__)
// In every quarter of a and b: lanes i to l, of which those from 4 on are b's.
template <int i, int j, int k, int l, int... lane>
inline Vector<float> in_quarters(Vector<float> a, Vector<float> b, std::integer_sequence<int, lane...>) {
    constexpr int from[] = {i, j, k, l};
    return shuffle<float>(
        a, b, std::integer_sequence<int, (from[lane % 4] % 4 + lane / 4 * 4 + from[lane % 4] / 4 * 16)...>{});
}

// Quarters of four rows are put together while they are loaded, which leaves half of the shuffles.
template <>
inline void transpose_square<float>(const float *from, std::ptrdiff_t stride, float *to,
                                    std::ptrdiff_t to_stride) {
    constexpr std::make_integer_sequence<int, 16> lanes;
    for (int quarter = 0; quarter < 4; ++quarter, from += 4, to += 4 * to_stride) {
        Vector<float> rows[4];
        for (int r = 0; r < 4; ++r) {
            const float *row = from + r * stride;
            __m512 line = _mm512_maskz_broadcast_f32x4(0x000f, _mm_loadu_ps(row));
            line = _mm512_mask_broadcast_f32x4(line, 0x00f0, _mm_loadu_ps(row + 4 * stride));
            line = _mm512_mask_broadcast_f32x4(line, 0x0f00, _mm_loadu_ps(row + 8 * stride));
            rows[r] =
                Vector<float>(_mm512_mask_broadcast_f32x4(line, 0xf000, _mm_loadu_ps(row + 12 * stride)));
        }
        const auto low = in_quarters<0, 4, 1, 5>(rows[0], rows[1], lanes);
        const auto high = in_quarters<2, 6, 3, 7>(rows[0], rows[1], lanes);
        const auto low2 = in_quarters<0, 4, 1, 5>(rows[2], rows[3], lanes);
        const auto high2 = in_quarters<2, 6, 3, 7>(rows[2], rows[3], lanes);
        store(to, in_quarters<0, 1, 4, 5>(low, low2, lanes));
        store(to + to_stride, in_quarters<2, 3, 6, 7>(low, low2, lanes));
        store(to + 2 * to_stride, in_quarters<0, 1, 4, 5>(high, high2, lanes));
        store(to + 3 * to_stride, in_quarters<2, 3, 6, 7>(high, high2, lanes));
    }
}
#endif

} // namespace rosenblatt::simd
