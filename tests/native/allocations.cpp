// Counts the allocations of one epoch and prints them, a line a case: a step more or a thousand steps more
// must not add one. Every way to the heap of this process goes through the functions below.
#include "../../cpp/engine.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <numeric>
#include <vector>

static std::atomic<long> allocations{0};

extern "C" {
void *__libc_malloc(std::size_t);
void *__libc_calloc(std::size_t, std::size_t);
void *__libc_realloc(void *, std::size_t);
void *__libc_memalign(std::size_t, std::size_t);

void *malloc(std::size_t size) {
    ++allocations;
    return __libc_malloc(size);
}
void *calloc(std::size_t n, std::size_t size) {
    ++allocations;
    return __libc_calloc(n, size);
}
void *realloc(void *old, std::size_t size) {
    ++allocations;
    return __libc_realloc(old, size);
}
void *aligned_alloc(std::size_t alignment, std::size_t size) {
    ++allocations;
    return __libc_memalign(alignment, size);
}
}

using namespace rosenblatt;

namespace {

constexpr int columns = 20;

// Rows with three entries each.
struct Csr {
    std::vector<float> values;
    std::vector<std::int32_t> column_of;
    std::vector<std::int64_t> starts{0};

    explicit Csr(std::int64_t rows) {
        for (std::int64_t row = 0; row < rows; ++row) {
            for (int j = 0; j < 3; ++j) {
                values.push_back(0.5f);
                column_of.push_back(std::int32_t((row + 7 * j) % columns));
            }
            starts.push_back(std::int64_t(values.size()));
        }
    }
};

// Allocations of an epoch of so many steps, once an epoch before it has made the engine's memory.
long during(Engine<float> &engine, const Data<float> &data, std::int64_t steps, std::int64_t batch,
            UpdateOptions<float> options) {
    const std::size_t n = engine.chain().n_parameters;
    std::vector<float> theta(n, 0.1f), slots(most_slots * n), mean(n);
    options.mean = mean.data();
    std::vector<std::int64_t> order(std::size_t(steps * batch));
    std::iota(order.begin(), order.end(), 0);
    const std::vector<double> lr_factors(std::size_t(steps), 1.0);
    std::vector<float> state(engine.chain().n_state, 1.0f);
    TrainingState<float> training{.theta = theta.data(),
                                  .slots = {slots.data(), slots.data() + n, slots.data() + 2 * n},
                                  .steps = 0,
                                  .seed = 1,
                                  .network = state.data()};
    const EpochPlan plan{.order = Order::of(order.data(), steps * batch),
                         .batch_size = batch,
                         .lr_factors = lr_factors.data()};
    long before = 0;
    for (int epoch = 0; epoch < 2; ++epoch) {
        before = allocations;
        engine.epoch(data, plan, options, training, [] { return false; });
    }
    return allocations - before;
}

} // namespace

int main() {
    constexpr std::int64_t batch = 32, most = 1001;
    const std::vector<float> X(std::size_t(batch * most * columns), 0.25f);
    const Csr csr(batch * most);
    // Targets of two columns at most, and so many rows of them.
    const std::vector<float> y(std::size_t(2 * batch * most), 1.0f), weights(std::size_t(batch * most), 0.5f);
    const Matrix<float> dense = Matrix<float>::dense(batch * most, columns, X.data());
    const auto sparse =
        Matrix<float>::csr(batch * most, columns, csr.values.data(), csr.column_of.data(), csr.starts.data());
    struct Case {
        int outputs;
        MemberSpec loss;
        const char *activation;
        bool wide = false;   // layers of a dense input that two threads share by units
        bool blocks = false; // normalised, with dropout, residual connections and noise
    };
    const Case cases[] = {{1, {"BinaryCrossEntropy", {0, 0}}, "Tanh"},
                          {3, {"CategoricalCrossEntropy", {0, 0}}, "Tanh"},
                          {3, {"CategoricalCrossEntropy", {0, 0.1}}, "Mish"},
                          {6, {"Quantile", {0.1, 0.5, 0.9}}, "SiLU"},
                          {1, {"BinaryCrossEntropy", {0, 0}}, "Tanh", true},
                          {3, {"CategoricalCrossEntropy", {0, 0}}, "Tanh", false, true}};
    const MemberSpec by_batch{"BatchNorm", {1e-5, 0.1}}, by_row{"LayerNorm", {1e-5}};
    for (const int threads : {1, 2})
        for (const bool is_sparse : {false, true})
            for (const Optimizer &rule :
                 {Optimizer(Adam{1e-3, 0.9, 0.999, 1e-8}), Optimizer(SGD{1e-3, 0.9}),
                  Optimizer(RMSProp{1e-3, 0.9, 1e-8}), Optimizer(AMSGrad{1e-3, 0.9, 0.999, 1e-8, 0.01}),
                  Optimizer(NAdam{1e-3, 0.9, 0.999, 1e-8, 4e-3})})
                for (const auto &[outputs, loss, activation, wide, blocks] : cases)
                    for (const bool bounded : {false, true}) {
                        const DenseSpec last{outputs, {"Identity", {}}};
                        std::vector<LayerSpec> layers{DenseSpec{17, {activation, {}}},
                                                      DenseSpec{8, {"Softmax", {}}}, last};
                        if (wide) layers = {DenseSpec{256, {activation, {}}}, last};
                        if (blocks)
                            layers = {DenseSpec{17, {activation, {}}, by_batch, 0.5, true},
                                      DenseSpec{8, {"Softmax", {}}, by_row, 0.5, true}, last};
                        const Chain<float> chain(columns, layers, Precision::exact,
                                                 blocks && !is_sparse ? 0.1 : 0);
                        const Data<float> data{is_sparse ? sparse : dense, y.data(), weights.data(), 0.5};
                        Engine<float> engine(chain, Catalogue<Loss>::make(loss), L2{1e-4},
                                             {.threads = threads});
                        UpdateOptions<float> options{.optimizer = rule};
                        if (bounded) options = {rule, ClipNorm{0.1}, MaxNorm{1.0}, EMA{0.9}};
                        const long few = during(engine, data, 1, batch, options);
                        const long many = during(engine, data, most, batch, options);
                        std::printf("%d threads, %s, %s, %s of %d outputs, %s, rule %zu%s: %ld %ld\n",
                                    threads, is_sparse ? "sparse" : "dense",
                                    wide     ? "wide"
                                    : blocks ? "blocks"
                                             : "narrow",
                                    loss.name.c_str(), outputs, activation, rule.index(),
                                    bounded ? ", bounded" : "", few, many);
                    }
}
