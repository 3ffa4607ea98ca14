// Where the time of a training step goes: the parts of a step of Adam on ReLU networks, in float32.
//
//     make profile
//     build/profile 20000 784 10 128 256 128     rows, features, classes, batch, and the hidden layers
//
// The parts are the engine's own functions on one thread, called in the order of `forward_loss_backward`
// (propagate.hpp) with a clock in between; medians over the steps, the clock's own time taken off. The whole
// step is the engine's, an epoch's time by its steps. What it takes beyond the parts is the move of the
// parameters, which shares a pass with their norms and the penalty, and the loop around.
#include "../cpp/engine.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace rosenblatt;

namespace {

using Clock = std::chrono::steady_clock;

double microseconds(Clock::duration d) { return std::chrono::duration<double, std::micro>(d).count(); }

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(values.size() / 2), values.end());
    return values[values.size() / 2];
}

struct Shape {
    int rows, features, classes, batch;
    std::vector<int> hidden;
};

// A part of the step: its name, its multiplications and additions, and its time in every step watched.
struct Part {
    std::string name;
    double flops;
    std::vector<double> times;
};

// GFLOP/s of our product where it is at its best: everything in cache, no edges.
double best_rate() {
    constexpr int m = 120, n = 256, k = 256;
    std::vector<float> a(m * k, 1.5f), b(k * n, 0.5f), c(m * n), scratch(product::scratch_size<float>(k));
    std::vector<double> times;
    for (int i = 0; i < 400; ++i) {
        const auto start = Clock::now();
        multiply_tiled<float>(m, n, k, {a.data(), k}, {b.data(), n}, {}, c.data(), scratch.data(),
                              NoEpilogue{}, n);
        times.push_back(microseconds(Clock::now() - start));
    }
    return 2e-3 * m * n * k / median(times);
}

double clock_itself() {
    std::vector<double> times;
    for (int i = 0; i < 1000; ++i) {
        const auto start = Clock::now();
        times.push_back(microseconds(Clock::now() - start));
    }
    return median(times);
}

Chain<float> chain_of(const Shape &shape) {
    std::vector<LayerSpec> layers;
    for (int units : shape.hidden) layers.push_back(DenseSpec{units, {"ReLU", {}}});
    layers.push_back(DenseSpec{shape.classes == 2 ? 1 : shape.classes, {"Identity", {}}});
    return Chain<float>(shape.features, layers);
}

// Steps enough for a third of a second, at most an epoch of them.
int steps_to_watch(const Shape &shape, double step) {
    return int(std::clamp(3e5 / step, 20.0, double(shape.rows / shape.batch)));
}

class Profile {
  public:
    explicit Profile(const Shape &shape)
        : shape_(shape), chain_(chain_of(shape)),
          loss_(shape.classes == 2 ? Loss(BinaryCrossEntropy{}) : Loss(CategoricalCrossEntropy{})),
          X_(std::size_t(shape.rows) * std::size_t(shape.features)), y_(std::size_t(shape.rows)),
          order_(y_.size()), theta_(chain_.n_parameters), slots_(2 * chain_.n_parameters) {
        std::mt19937 random(0);
        std::normal_distribution<float> normal;
        for (float &x : X_) x = normal(random);
        for (float &label : y_) label = float(random() % unsigned(shape.classes));
        for (float &w : theta_) w = normal(random) / float(std::sqrt(double(shape.features)));
        std::iota(order_.begin(), order_.end(), 0);
        std::shuffle(order_.begin(), order_.end(), random);
    }

    // Microseconds of one of the engine's steps.
    double step(int threads) {
        Engine<float> engine(chain_, loss_, L2{1e-4}, {.threads = threads});
        const std::int64_t steps = shape_.rows / shape_.batch, rows = steps * shape_.batch;
        const std::vector<double> lr_factors(std::size_t(steps), 1.0);
        TrainingState<float> state{.theta = theta_.data(),
                                   .slots = {slots_.data(), slots_.data() + chain_.n_parameters},
                                   .steps = 0};
        const EpochPlan plan{.order = Order::of(order_.data(), rows),
                             .batch_size = shape_.batch,
                             .lr_factors = lr_factors.data()};
        const UpdateOptions<float> options{.optimizer = Adam{1e-3, 0.9, 0.999, 1e-8}};
        std::vector<double> times;
        for (double total = 0; total < 5e5 || times.size() < 5; total += times.back() * double(steps)) {
            const auto start = Clock::now();
            engine.epoch(data(), plan, options, state, [] { return false; });
            times.push_back(microseconds(Clock::now() - start) / double(steps));
        }
        return median(times);
    }

    std::vector<Part> parts(int steps) const {
        const int batch = shape_.batch, block = std::min(batch, int(largest_block));
        const int target_columns =
            std::visit([&](auto l) { return l.target_columns(chain_.n_outputs); }, loss_);
        const Workspace<float> space(chain_, block, true, target_columns, Purpose::train);
        std::vector<Part> parts = empty_parts();
        const double clock = clock_itself();
        const Denormals as_zero(Denormals::as_zero);
        for (int s = 0; s < steps; ++s) {
            std::vector<double> time(parts.size(), 0.0);
            for (int start = 0; start < batch; start += block)
                pass(space, Order::of(order_.data() + s * batch + start, batch - start),
                     std::min(block, batch - start), start, target_columns, clock, time);
            for (std::size_t i = 0; i < parts.size(); ++i) parts[i].times.push_back(std::max(0.0, time[i]));
        }
        return parts;
    }

  private:
    Data<float> data() const {
        return {Matrix<float>::dense(shape_.rows, shape_.features, X_.data()), y_.data(), nullptr, 1.0};
    }

    std::vector<Part> empty_parts() const {
        std::vector<Part> parts{{"rows gathered", 0, {}}};
        std::vector<std::pair<int, int>> sizes;
        int n_in = shape_.features;
        for (const Layer<float> &layer : chain_.layers) {
            const int n_out = std::visit([](const auto &l) { return l.n_outputs; }, layer);
            sizes.emplace_back(n_in, n_out);
            n_in = n_out;
        }
        auto add = [&](std::size_t i, const char *what, int products) {
            const auto [from, to] = sizes[i];
            parts.push_back({"layer " + std::to_string(i + 1) + " (" + std::to_string(from) + " to " +
                                 std::to_string(to) + ") " + what,
                             2.0 * products * shape_.batch * from * to,
                             {}});
        };
        for (std::size_t i = 0; i < sizes.size(); ++i) add(i, "forward", 1);
        parts.push_back({"loss and its gradient", 0, {}});
        for (std::size_t i = sizes.size(); i-- > 0;) add(i, "back", i > 0 ? 2 : 1);
        return parts;
    }

    // One block of rows forward and back; adds the time of every part.
    void pass(const Workspace<float> &space, const Order &order, int rows, int first, int target_columns,
              double clock, std::vector<double> &time) const {
        std::size_t part = 0;
        auto last = Clock::now();
        auto mark = [&] {
            const auto now = Clock::now();
            time[part++] += microseconds(now - last) - clock;
            last = now;
        };
        const Pass<float> passing{.theta = theta_.data(),
                                  .gradient = space.gradient,
                                  .scratch = space.scratch,
                                  .rows = rows,
                                  .accumulate = first > 0,
                                  .row = first,
                                  .space = &space};
        const Rows<float> input = input_rows(data().X, order, rows, space.input);
        gather(y_.data(), std::size_t(target_columns), order, rows, space.targets);
        mark();
        Rows<float> x = input;
        for (std::size_t i = 0; i < chain_.layers.size(); ++i) {
            std::visit([&](const auto &layer) { layer.forward(passing, x, space.outputs[i]); },
                       chain_.layers[i]);
            x = Rows<float>::contiguous(space.outputs[i]);
            mark();
        }
        float *delta = space.deltas.back();
        std::copy_n(space.outputs.back(), std::size_t(rows) * std::size_t(chain_.n_outputs), delta);
        const ScoredRows<float> scored{delta, space.targets, nullptr, rows, chain_.n_outputs};
        std::visit([&](auto l) { return l(scored, 1.0 / shape_.batch); }, loss_);
        mark();
        for (std::size_t i = chain_.layers.size(); i-- > 0;) {
            const Rows<float> before = i > 0 ? Rows<float>::contiguous(space.outputs[i - 1]) : input;
            float *dx = i > 0 ? space.deltas[i - 1] : nullptr;
            std::visit(
                [&](const auto &layer) {
                    layer.backward(passing, before, space.outputs[i], space.deltas[i], dx);
                },
                chain_.layers[i]);
            mark();
        }
    }

    Shape shape_;
    Chain<float> chain_;
    Loss loss_;
    std::vector<float> X_, y_;
    std::vector<std::int64_t> order_;
    std::vector<float> theta_, slots_;
};

void print(const Shape &shape, double best) {
    Profile profile(shape);
    const double whole = profile.step(1);
    const std::vector<Part> parts = profile.parts(steps_to_watch(shape, whole));
    std::printf("\n%d x %d", shape.rows, shape.features);
    for (int units : shape.hidden) std::printf(", %d", units);
    std::printf(", batch %d, %d classes\n", shape.batch, shape.classes);
    std::printf("  %-32s %10s %12s %9s %9s\n", "one thread", "us", "of the step", "GFLOP/s", "of best");
    double known = 0, flops = 0;
    for (const Part &part : parts) {
        const double time = median(part.times);
        known += time;
        flops += part.flops;
        std::printf("  %-32s %10.3f %11.1f%%", part.name.c_str(), time, 100 * time / whole);
        if (part.flops > 0 && time > 0)
            std::printf(" %9.0f %8.0f%%", 1e-3 * part.flops / time, 0.1 * part.flops / time / best);
        std::printf("\n");
    }
    std::printf("  %-32s %10.3f %11.1f%%\n", "parameters moved, and the rest", whole - known,
                100 * (1 - known / whole));
    std::printf("  %-32s %10.3f %12s %9.0f %8.0f%%\n", "the whole step", whole, "", 1e-3 * flops / whole,
                0.1 * flops / whole / best);
    std::printf("  %-32s %10.3f\n", "its products alone, at their best", 1e-3 * flops / best);
    std::printf("  %-32s %10.3f\n", "the whole step on two threads", profile.step(2));
}

} // namespace

int main(int argc, char **argv) {
    std::vector<Shape> shapes{
        {500, 10, 2, 32, {}},
        {569, 30, 2, 32, {64, 32}},
        {20'000, 20, 2, 1, {32}},
        {20'000, 20, 2, 32, {32}},
        {20'000, 20, 2, 2048, {32}},
        {20'000, 784, 10, 128, {256, 128}},
        {50'000, 30, 2, 256, {256, 256, 256}},
        {20'000, 784, 10, 256, {1024, 1024}},
        {1'000'000, 30, 2, 200, {100}},
    };
    if (argc > 1) {
        std::vector<int> given;
        for (int i = 1; i < argc; ++i) given.push_back(std::atoi(argv[i]));
        if (given.size() < 4 || *std::min_element(given.begin(), given.end()) < 1 || given[2] < 2 ||
            given[3] > given[0]) {
            std::fprintf(stderr, "usage: profile rows features classes batch [hidden ...]\n");
            return 2;
        }
        shapes = {{given[0], given[1], given[2], given[3], {given.begin() + 4, given.end()}}};
    }
    const double best = best_rate();
    std::printf("float32, vectors of %d bytes; the best product reaches %.0f GFLOP/s on one thread\n",
                simd::bytes, best);
    for (const Shape &shape : shapes) print(shape, best);
}
