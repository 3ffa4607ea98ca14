// A training run: an engine bound to its data and to what it moves, so that a call passes little.
#pragma once

#include "../run.hpp"
#include "buffer_view.hpp"
#include "engine.hpp"
#include "epoch_record.hpp"
#include "random.hpp"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/tuple.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace rosenblatt::bindings {

// A run of parameters: its begin and end, and the factors on their rate and their decay.
using NamedRates = std::tuple<std::size_t, std::size_t, double, double>;

// From how many bytes of a state, and how many multiplications a parameter, moves are tried; none: never.
using NamedTrials = std::optional<std::pair<std::size_t, double>>;

template <class T> class CheckedRun {
  public:
    // Python keeps the engine and the data alive as long as the run.
    CheckedRun(CheckedEngine<T> &engine, const DataHolder<T> &data, const NamedFields &optimizer,
               Out1<T> theta, Slots<T> slots, Out1<std::int64_t> steps, std::uint64_t seed, Out1<T> state,
               const NamedFields &clipping, const NamedFields &constraint, const NamedFields &averaging,
               std::optional<Out1<T>> mean, const std::vector<NamedRates> &rates, std::optional<Out1<T>> low,
               std::optional<Out1<T>> high, const NamedTrials &tried_from)
        : engine_(engine), data_(data), theta_(std::move(theta)), slots_(std::move(slots)),
          steps_(std::move(steps)), state_(std::move(state)), mean_(std::move(mean)), low_(std::move(low)),
          high_(std::move(high)),
          run_(checked_run(seed,
                           {.optimizer = made<Optimizer>(optimizer),
                            .clipping = made<Clipping>(clipping),
                            .constraint = made<Constraint>(constraint),
                            .averaging = made<Averaging>(averaging),
                            .mean = mean_ ? mean_->data() : nullptr,
                            .low = low_ ? low_->data() : nullptr,
                            .high = high_ ? high_->data() : nullptr,
                            .rates = runs_of(rates, engine_.engine().chain().n_parameters)},
                           tried_from ? TriedFrom{tried_from->first, tried_from->second} : TriedFrom{})) {}

    // Epochs, up to one that diverges or lacks the time for its steps. `order` holds row numbers, or None for
    // all rows as they lie; with a generator, a BitGenerator's capsule, it is shuffled in place before each.
    // After a divergence everything is as it was before the step at fault.
    EpochsResult epochs(nb::handle order, nb::handle generator, std::int64_t batch_size,
                        nb::handle lr_factors, std::int64_t n_epochs, bool interruptible, double seconds,
                        nb::handle decay_factors, nb::handle dropout_factors, nb::handle stop) {
        const CallGuard guard;
        engine_.check_idle();
        const bool shuffles = !generator.is_none();
        std::optional<BufferView<std::int64_t>> rows;
        if (!order.is_none()) rows.emplace(order.ptr(), shuffles ? Access::write : Access::read);
        const BufferView<double> factors(lr_factors.ptr(), Access::read);
        if (!factors || factors.dimensions() != 1)
            throw nb::type_error("lr_factors: a contiguous array of float64");
        const Factors decay("decay_factors", decay_factors, factors.size(0), unlimited),
            dropout("dropout_factors", dropout_factors, factors.size(0), 1);
        if (rows && (!*rows || rows->dimensions() != 1))
            throw nb::type_error("order: a contiguous array of int64");
        std::optional<BufferView<std::uint8_t>> byte;
        if (!stop.is_none()) byte.emplace(stop.ptr(), Access::read);
        if (byte && (!*byte || byte->dimensions() != 1 || byte->size(0) != 1))
            throw nb::type_error("stop: an array of one uint8");
        const RunPlan plan{.n_epochs = n_epochs,
                           .batch_size = batch_size,
                           .lr_factors = factors.data(),
                           .order = rows ? rows->data() : nullptr,
                           .n_rows = rows ? rows->size(0) : data_.data().X.rows,
                           .generator = shuffles ? &bit_generator(generator) : nullptr,
                           .seconds = seconds,
                           .decay_factors = decay.data(),
                           .dropout_factors = dropout.data(),
                           .stop = byte ? byte->data() : nullptr};
        check(plan, factors.size(0));
        for (std::int64_t number : run_.set_order(plan))
            require(number >= 0 && number < data_.data().X.rows, "row number out of range");
        const std::function<bool()> interrupted = [interruptible] {
            if (CallGuard::must_return()) return true;
            if (!interruptible) return false;
            nb::gil_scoped_acquire gil;
            return PyErr_CheckSignals() != 0;
        };
        const Raised busy(engine_.in_epochs);
        RunResult result;
        {
            nb::gil_scoped_release released;
            result = run_.epochs(plan, steps_(0), interrupted);
        }
        steps_(0) = run_.steps(); // an interrupted epoch's as well
        if (result.interrupted && CallGuard::must_return()) CallGuard::raise_system_exit();
        return {std::move(result.epochs),
                result.interrupted ? nb::object(nb::borrow(nb::python_error().value())) : nb::none()};
    }

  private:
    static constexpr std::int64_t most_steps = std::int64_t(1) << 62;
    static constexpr double unlimited = std::numeric_limits<double>::max();

    // Factors of the steps, each between 0 and a limit, or none.
    class Factors {
      public:
        Factors(const char *name, nb::handle given, std::int64_t size, double most) {
            if (given.is_none()) return;
            view_.emplace(given.ptr(), Access::read);
            if (!*view_ || view_->dimensions() != 1)
                throw nb::type_error((std::string(name) + ": a contiguous array of float64").c_str());
            require(view_->size(0) == size, "one factor a step");
            require(std::all_of(data(), data() + size, [=](double f) { return f >= 0 && f <= most; }),
                    "a factor of a step is out of range");
        }
        const double *data() const { return view_ ? view_->data() : nullptr; }

      private:
        std::optional<BufferView<double>> view_;
    };

    // Runs of parameters that cover all of them in order; none given is one of all.
    static std::vector<RateRun> runs_of(const std::vector<NamedRates> &given, std::size_t n) {
        if (given.empty()) return {{0, n}};
        std::vector<RateRun> runs;
        std::size_t at = 0;
        for (const auto &[begin, end, lr, decay] : given) {
            require(begin == at && end >= begin && end <= n, "runs of parameters do not follow one another");
            require(lr >= 0 && lr <= unlimited && decay >= 0 && decay <= unlimited,
                    "a factor of parameters is out of range");
            runs.push_back({begin, end, lr, decay});
            at = end;
        }
        require(at == n, "runs of parameters do not cover all of them");
        return runs;
    }

    // A flag that is set within a scope.
    struct Raised {
        bool &flag;
        explicit Raised(bool &f) : flag(f) { flag = true; }
        ~Raised() { flag = false; }
        Raised(const Raised &) = delete;
        Raised &operator=(const Raised &) = delete;
    };

    // The state is taken behind the checks, which bound the number of its slots.
    Run<T> checked_run(std::uint64_t seed, UpdateOptions<T> options, TriedFrom tried_from) const {
        check(options);
        return Run<T>(engine_.engine(), data_.data(), std::move(options), training_state(seed), tried_from);
    }

    void check(const UpdateOptions<T> &options) const {
        engine_.check(data_);
        engine_.check_parameters(theta_.shape(0));
        engine_.check_state(state_.shape(0));
        engine_.check_blas();
        require(steps_.shape(0) == 1, "one number of steps");
        require(slots_.shape(0) == options.slots() && slots_.shape(1) == theta_.shape(0) &&
                    slots_.stride(1) == 1,
                "slots do not fit");
        require(options.averages() == mean_.has_value() && (!mean_ || mean_->shape(0) == theta_.shape(0)),
                "the mean of the parameters does not fit");
        require_aligned(theta_, slots_, steps_, state_);
        require(low_.has_value() == high_.has_value(), "bounds are low and high");
        for (const auto *bound : {&low_, &high_})
            if (*bound) {
                require((*bound)->shape(0) == theta_.shape(0), "the bounds do not fit");
                require_aligned(**bound);
            }
        if (mean_) require_aligned(*mean_);
    }

    TrainingState<T> training_state(std::uint64_t seed) const {
        TrainingState<T> state{
            .theta = theta_.data(), .slots = {}, .steps = 0, .seed = seed, .network = state_.data()};
        for (std::size_t k = 0; k < slots_.shape(0); ++k)
            state.slots[k] = slots_.data() + std::ptrdiff_t(k) * slots_.stride(0);
        return state;
    }

    void check(const RunPlan &plan, std::int64_t n_factors) const {
        Engine<T> &engine = engine_.engine();
        require(plan.n_rows >= 1 && plan.batch_size >= 1, "an epoch needs rows and a batch size");
        require(!plan.generator || plan.order, "what is to be shuffled is an order");
        const std::int64_t steps = (plan.n_rows - 1) / plan.batch_size + 1;
        require(plan.n_epochs >= 1 && n_factors % steps == 0 && n_factors / steps == plan.n_epochs,
                "one factor a step");
        require(steps <= ThreadTeam::most_phases / engine.most_phases(), "too many steps for one epoch");
        require(steps_(0) >= 0 && steps_(0) <= most_steps, "bad number of steps");
        require(engine.chain().sync_points.empty() ||
                    std::min(plan.n_rows, plan.batch_size) <= std::numeric_limits<int>::max(),
                "too many rows for batch normalisation");
    }

    CheckedEngine<T> &engine_;
    const DataHolder<T> &data_;
    Out1<T> theta_;
    Slots<T> slots_;
    Out1<std::int64_t> steps_;
    Out1<T> state_;
    std::optional<Out1<T>> mean_, low_, high_;
    Run<T> run_;
};

template <class T> void bind_run(nb::module_ &m, const std::string &suffix) {
    const NamedFields no_clipping{"NoClipping", {}}, no_constraint{"NoConstraint", {}},
        no_averaging{"NoAveraging", {}};
    nb::class_<CheckedRun<T>>(m, ("Run" + suffix).c_str())
        .def(nb::init<CheckedEngine<T> &, const DataHolder<T> &, const NamedFields &, Out1<T>, Slots<T>,
                      Out1<std::int64_t>, std::uint64_t, Out1<T>, const NamedFields &, const NamedFields &,
                      const NamedFields &, std::optional<Out1<T>>, const std::vector<NamedRates> &,
                      std::optional<Out1<T>>, std::optional<Out1<T>>, const NamedTrials &>(),
             nb::keep_alive<1, 2>(), nb::keep_alive<1, 3>(), "engine"_a, "data"_a, "optimizer"_a,
             "theta"_a.noconvert(), "slots"_a.noconvert(), "steps"_a.noconvert(), "seed"_a,
             "state"_a.noconvert(), "clipping"_a = no_clipping, "constraint"_a = no_constraint,
             "averaging"_a = no_averaging, "mean"_a.noconvert().none() = nb::none(),
             "rates"_a = std::vector<NamedRates>{}, "low"_a.noconvert().none() = nb::none(),
             "high"_a.noconvert().none() = nb::none(), "tried_from"_a.none() = nb::none())
        .def("epochs", &CheckedRun<T>::epochs, "order"_a.none(), "generator"_a.none(), "batch_size"_a,
             "lr_factors"_a, "n_epochs"_a, "interruptible"_a,
             "seconds"_a = std::numeric_limits<double>::infinity(), "decay_factors"_a.none() = nb::none(),
             "dropout_factors"_a.none() = nb::none(), "stop"_a.none() = nb::none());
}

} // namespace rosenblatt::bindings
