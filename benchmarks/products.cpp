// Our matrix products, of float32 factors and of bfloat16 ones, beside that of SciPy's OpenBLAS, one thread
// each, on the shapes of small networks. The time to round the factors counts.
//
//     make bench-products
//
// C (m, n) = A B over sums of k terms; NN as stored, NT with B transposed (gradients of inputs), TN with
// A transposed (gradients of weights). Best of 25 runs of at least 2 ms.
#include "../cpp/bfloat16.hpp"
#include "../cpp/product.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

using namespace rosenblatt;

using Sgemm = void (*)(char *, char *, int *, int *, int *, float *, float *, int *, float *, int *, float *,
                       float *, int *);

struct Shape {
    int m, n, k;
};

struct Mode {
    const char *name;
    Transpose a, b;
};

template <class Run> double seconds(Run run) {
    using Clock = std::chrono::steady_clock;
    double best = 1e9;
    for (int repetition = 0; repetition < 25; ++repetition) {
        const auto start = Clock::now();
        double elapsed = 0;
        int runs = 0;
        while (elapsed < 2e-3) {
            run();
            ++runs;
            elapsed = std::chrono::duration<double>(Clock::now() - start).count();
        }
        best = std::min(best, elapsed / runs);
    }
    return best;
}

int main(int argc, char **argv) {
    void *library = argc == 2 ? dlopen(argv[1], RTLD_NOW) : nullptr;
    if (!library) {
        std::fprintf(stderr, "usage: products PATH_OF_SCIPY_OPENBLAS\n");
        return 2;
    }
    const auto sgemm = reinterpret_cast<Sgemm>(dlsym(library, "scipy_sgemm_"));
    const auto set_threads =
        reinterpret_cast<void (*)(int)>(dlsym(library, "scipy_openblas_set_num_threads"));
    const auto core = reinterpret_cast<char *(*)()>(dlsym(library, "scipy_openblas_get_corename"));
    if (!sgemm || !set_threads || !core) {
        std::fprintf(stderr, "not the OpenBLAS of a SciPy wheel: %s\n", argv[1]);
        return 2;
    }
    set_threads(1);
    std::printf("OpenBLAS core: %s; vectors of %d bytes\n", core(), simd::bytes);
    std::printf("   m    n    k mode  GFLOP/s ours  OpenBLAS  ratio  bfloat16  ratio to ours\n");

    const Shape shapes[] = {{32, 64, 30},    {32, 32, 64},    {200, 100, 30},    {30, 100, 200},
                            {128, 10, 128},  {128, 128, 256}, {64, 256, 784},    {784, 256, 64},
                            {128, 256, 256}, {256, 256, 128}, {1024, 1024, 128}, {128, 1024, 1024}};
    const Mode modes[] = {{"NN", Transpose::no, Transpose::no},
                          {"NT", Transpose::no, Transpose::yes},
                          {"TN", Transpose::yes, Transpose::no}};
    std::mt19937 random(0);
    std::normal_distribution<float> normal;
    for (auto [m, n, k] : shapes) {
        std::vector<float> a(std::size_t(m * k)), b(std::size_t(k * n)), c(std::size_t(m * n)), d(c.size());
        std::vector<float> scratch(product::scratch_size<float>(k)), rounding(bfloat16::scratch_size(m, k));
        for (float &x : a) x = normal(random);
        for (float &x : b) x = normal(random);
        for (const Mode &mode : modes) {
            const Operand<float> A{a.data(), mode.a == Transpose::yes ? m : k, mode.a};
            const Operand<float> B{b.data(), mode.b == Transpose::yes ? k : n, mode.b};
            auto ours = [&] { multiply_tiled(m, n, k, A, B, {}, c.data(), scratch.data(), NoEpilogue{}, n); };
            auto theirs = [&] {
                char a_letter = char(A.transposed), b_letter = char(B.transposed);
                int rows = m, columns = n, terms = k, a_stride = A.stride, b_stride = B.stride;
                float one = 1, zero = 0;
                sgemm(&b_letter, &a_letter, &columns, &rows, &terms, &one, b.data(), &b_stride, a.data(),
                      &a_stride, &zero, d.data(), &columns);
            };
            ours();
            theirs();
            for (std::size_t i = 0; i < c.size(); ++i)
                if (std::abs(c[i] - d[i]) > 1e-3f) {
                    std::fprintf(stderr, "the two products differ\n");
                    return 1;
                }
            const double giga = 2e-9 * m * n * k, fast = giga / seconds(ours), slow = giga / seconds(theirs);
            std::printf("%4d %4d %4d %4s %13.0f %9.0f %6.2f", m, n, k, mode.name, fast, slow, fast / slow);
            if constexpr (bfloat16::built)
                if (bfloat16::supported()) {
                    const double coarse =
                        giga / seconds([&] {
                            bfloat16::multiply(m, n, k, A, B, {}, c.data(), rounding.data(), NoEpilogue{});
                        });
                    std::printf(" %9.0f %6.2f", coarse, coarse / fast);
                }
            std::printf("\n");
        }
    }
}
