// The compiled module: checks what Python hands over, then lets go of the GIL and runs the engine.
// This is the only file that names nanobind.
#include "../engine.hpp"
#include "../epoch_order.hpp"
#include "../predictor.hpp"
#include "buffer_view.hpp"
#include "call_guard.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace nb = nanobind;
using namespace nb::literals;

namespace rosenblatt {
namespace {

template <class T> using In1 = nb::ndarray<const T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
template <class T> using In2 = nb::ndarray<const T, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
template <class T> using Out1 = nb::ndarray<T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
// Rows may lie apart, the elements of a row not.
template <class T> using Slots = nb::ndarray<T, nb::ndim<2>, nb::device::cpu>;
template <class T> using Out2 = nb::ndarray<T, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Numbers = In1<std::int64_t>;
using NamedFields = std::pair<std::string, std::vector<double>>;

void require(bool condition, const char *what) {
    if (!condition) throw std::invalid_argument(what);
}

MemberSpec member(const NamedFields &given) { return {given.first, given.second}; }

int checked_columns(std::size_t n) {
    require(n >= 1 && n <= std::size_t(std::numeric_limits<int>::max()), "bad number of columns");
    return int(n);
}

// A call of a thread that outlives the interpreter is refused.
CallGuard guarded_call() {
    if (CallGuard::must_return()) {
        CallGuard::raise_system_exit();
        throw nb::python_error();
    }
    return {};
}

// Processors that read anywhere in memory do so in most instructions, and not in all of them.
template <class... Arrays> void require_aligned(const Arrays &...arrays) {
    const auto aligned = [](const auto *p) {
        return reinterpret_cast<std::uintptr_t>(p) % alignof(std::remove_pointer_t<decltype(p)>) == 0;
    };
    require((aligned(arrays.data()) && ...), "an array is not aligned in memory");
}

// A matrix that keeps its values alive and owns its indices: what was checked cannot change afterwards.
template <class T> struct Held {
    nb::object values;
    std::vector<std::int32_t> column_of;
    std::vector<std::int64_t> starts;
    Matrix<T> matrix;

    explicit Held(const In2<T> &X)
        : values(nb::cast(X)),
          matrix{std::int64_t(X.shape(0)), checked_columns(X.shape(1)), X.data(), nullptr, nullptr, 0} {
        require_aligned(X);
    }

    Held(const In1<T> &x, const In1<std::int32_t> &columns_given, const Numbers &starts_given,
         std::size_t columns)
        : values(nb::cast(x)) {
        require_aligned(x, columns_given, starts_given);
        column_of.assign(columns_given.data(), columns_given.data() + columns_given.shape(0));
        starts.assign(starts_given.data(), starts_given.data() + starts_given.shape(0));
        require(!starts.empty() && starts[0] == 0, "a CSR matrix starts at 0");
        require(std::is_sorted(starts.begin(), starts.end()), "CSR rows overlap");
        require(starts.back() == std::int64_t(x.shape(0)) && x.shape(0) == column_of.size(),
                "CSR arrays do not fit together");
        const int n = checked_columns(columns);
        for (std::int32_t column : column_of) require(column >= 0 && column < n, "CSR column out of range");
        column_of.reserve(1); // an empty vector may have no memory, but null says dense
        matrix = {std::int64_t(starts.size()) - 1, n, x.data(), column_of.data(), starts.data()};
        for (std::size_t row = 1; row < starts.size(); ++row)
            matrix.longest_row = std::max(matrix.longest_row, starts[row] - starts[row - 1]);
    }

    Held(const Held &) = delete;
    Held &operator=(const Held &) = delete;
};

template <class T> struct HeldData {
    nb::object inputs;
    const Held<T> *held;
    Data<T> data;
    In2<T> y;
    std::optional<In1<T>> weights;
    double low = std::numeric_limits<double>::infinity(), high = -low; // NaN where a target is NaN

    HeldData(nb::object X, In2<T> targets, std::optional<In1<T>> w, double mean_weight)
        : inputs(std::move(X)), held(nb::cast<const Held<T> *>(inputs)),
          data{held->matrix, targets.data(), w ? w->data() : nullptr, mean_weight}, y(targets), weights(w) {
        require(std::int64_t(y.shape(0)) == data.X.rows, "one row of targets a row of inputs");
        require(!w || std::int64_t(w->shape(0)) == data.X.rows, "one weight a row of inputs");
        require(mean_weight > 0, "the mean weight must be positive");
        require_aligned(y);
        if (w) require_aligned(*w);
        for (std::size_t i = 0; i < y.size(); ++i) {
            const double value = double(y.data()[i]);
            low = value < low || std::isnan(value) ? value : low;
            high = value > high || std::isnan(value) ? value : high;
        }
    }
};

// Units, activation, normalisation, dropout, whether its input is added.
using NamedLayers = std::vector<std::tuple<int, NamedFields, std::optional<NamedFields>, double, bool>>;

template <class T>
Chain<T> chain(int n_inputs, const NamedLayers &layers, Precision precision = Precision::exact,
               double noise = 0) {
    require(n_inputs >= 1 && !layers.empty(), "a chain needs inputs and layers");
    std::vector<DenseSpec> specs;
    for (const auto &[n_outputs, activation, normalization, dropout, residual] : layers) {
        specs.push_back({n_outputs, member(activation), {}, dropout, residual});
        if (normalization) specs.back().normalization = member(*normalization);
    }
    return Chain<T>(n_inputs, specs, precision, noise);
}

// The engine with the checks that keep its memory safe.
template <class T> class CheckedEngine {
  public:
    CheckedEngine(int n_inputs, const NamedLayers &layers, const NamedFields &loss,
                  const NamedFields &penalty, int threads, bool bfloat16, double input_noise, int shares,
                  int at_once)
        : loss_(Catalogue<Loss>::make(member(loss))),
          engine_(chain<T>(n_inputs, layers, bfloat16 ? Precision::bfloat16 : Precision::exact, input_noise),
                  loss_, Catalogue<Penalty>::make(member(penalty)), threads, shares, at_once) {
        require(threads >= 1 && shares >= 0 && at_once >= 0, "at least one thread");
        require(!bfloat16 || (sizeof(T) == sizeof(float) && rosenblatt::bfloat16::supported()),
                "no products of bfloat16 factors");
    }

    Engine<T> &engine() { return engine_; }

    std::pair<double, double> objective(const HeldData<T> &data, const In1<T> &theta, Out1<T> gradient,
                                        const In1<T> &state) {
        const CallGuard guard = guarded_call();
        check(data);
        check_idle();
        require(data.data.X.rows >= 1, "an objective needs rows");
        require(engine_.chain().input_noise == 0, "an objective is without noise");
        require_aligned(theta, gradient, state);
        check_parameters(theta.shape(0));
        check_parameters(gradient.shape(0));
        check_state(state.shape(0));
        check_products();
        nb::gil_scoped_release released;
        const Objective o = engine_.objective(data.data, theta.data(), state.data(), gradient.data());
        return {o.data_loss, o.penalty};
    }

    bool calls_blas() const { return engine_.calls_blas(); }

    void check(const HeldData<T> &data) const {
        const int outputs = engine_.chain().n_outputs, targets = engine_.target_columns();
        require(engine_.chain().input_noise == 0 || !data.data.X.sparse(), "noise needs dense inputs");
        require(engine_.chain().sync_points.empty() || data.data.X.rows <= std::numeric_limits<int>::max(),
                "too many rows for batch normalisation");
        require(data.data.X.columns == engine_.chain().n_inputs, "the inputs have another number of columns");
        require(targets >= 0 && data.y.shape(1) == std::size_t(targets),
                "the targets have another number of columns");
        require(std::visit([&](const auto &l) { return l.accepts(data.low, data.high, outputs); }, loss_),
                "a class code is out of range");
    }

    void check_products() const {
        require(!engine_.calls_blas() || gemm_pointer<T>, "no BLAS was handed in");
    }

    void check_parameters(std::size_t n) const {
        require(n == engine_.chain().n_parameters, "the network has another number of parameters");
    }

    void check_state(std::size_t n) const {
        require(n == engine_.chain().n_state, "the network has another state");
    }

    // Epochs ask Python for signals, whose handlers may be anything and must not wait for those epochs.
    void check_idle() const {
        if (in_epochs) throw std::runtime_error("the engine is in the midst of epochs");
    }

    bool in_epochs = false; // read and written under Python's lock

  private:
    Loss loss_;
    Engine<T> engine_;
};

// NumPy's generator, in the capsule that it lends.
const BitGenerator &bit_generator(nb::handle lent) {
    return *static_cast<const BitGenerator *>(nb::cast<nb::capsule>(lent).data("BitGenerator"));
}

// A training run: an engine bound to its data and to what it moves, so that an epoch hands over little.
template <class T> class CheckedRun {
  public:
    // Python keeps the engine and the data alive as long as the run.
    CheckedRun(CheckedEngine<T> &engine, const HeldData<T> &data, const NamedFields &optimizer, Out1<T> theta,
               Slots<T> slots, Out1<std::int64_t> steps, std::uint64_t seed, Out1<T> state,
               const NamedFields &clipping, const NamedFields &constraint, const NamedFields &averaging,
               std::optional<Out1<T>> mean)
        : engine_(engine), data_(data), rule_(Catalogue<Optimizer>::make(member(optimizer))),
          theta_(std::move(theta)), slots_(std::move(slots)), steps_(std::move(steps)), seed_(seed),
          state_(std::move(state)), mean_(std::move(mean)),
          options_{Catalogue<Clipping>::make(member(clipping)),
                   Catalogue<Constraint>::make(member(constraint)),
                   Catalogue<Averaging>::make(member(averaging)), mean_ ? mean_->data() : nullptr} {
        engine_.check(data_);
        engine_.check_parameters(theta_.shape(0));
        engine_.check_state(state_.shape(0));
        engine_.check_products();
        require(steps_.shape(0) == 1, "one number of steps");
        require(slots_.shape(0) == n_slots() && slots_.shape(1) == theta_.shape(0) && slots_.stride(1) == 1,
                "slots do not fit");
        require(options_.averages() == mean_.has_value() && (!mean_ || mean_->shape(0) == theta_.shape(0)),
                "the mean of the parameters does not fit");
        require_aligned(theta_, slots_, steps_, state_);
        if (mean_) require_aligned(*mean_);
        for (std::size_t k = 0; k < n_slots(); ++k)
            remembered_.add(slots_.data() + k * slots_.stride(0), theta_.shape(0));
        if (mean_) remembered_.add(mean_->data(), mean_->shape(0));
        moving_ = remembered_;
        moving_.add(theta_.data(), theta_.shape(0));
        moving_.add(state_.data(), state_.shape(0));
    }

    CheckedRun(const CheckedRun &) = delete;
    CheckedRun &operator=(const CheckedRun &) = delete;

    using EpochTuple = std::tuple<double, double, std::vector<double>, bool, std::int64_t>;

    // Epochs, up to one that diverges or has not the time for its steps. Before each the rows are shuffled by
    // NumPy's generator where one is given: `order` is left as the last epoch had it. Of one that diverges
    // everything is left as it was before the step at fault. Returned are the epochs and their seconds, and
    // what a signal's handler raised, which belongs behind the epochs that were over by then.
    std::pair<std::vector<std::pair<EpochTuple, double>>, nb::object>
    epochs(nb::handle order, nb::handle generator, std::int64_t batch_size, nb::handle lr_factors,
           std::int64_t n_epochs, bool interruptible, double seconds) {
        const CallGuard guard = guarded_call();
        engine_.check_idle();
        const bool shuffles = !generator.is_none();
        const auto given = order.is_none() ? nullptr
                                           : std::make_unique<BufferView<std::int64_t>>(
                                                 order.ptr(), shuffles ? Access::write : Access::read);
        const BufferView<double> rates(lr_factors.ptr(), Access::read);
        if (!rates || rates.dimensions() != 1)
            throw nb::type_error("lr_factors: a contiguous array of float64");
        if (given && (!*given || given->dimensions() != 1))
            throw nb::type_error("order: a contiguous array of int64");
        const std::int64_t rows = data_.data.X.rows, n = given ? given->size(0) : rows;
        require(n >= 1 && batch_size >= 1, "an epoch needs rows and a batch size");
        require(!shuffles || given, "what is to be shuffled is an order");
        const std::int64_t steps = (n - 1) / batch_size + 1;
        require(n_epochs >= 1 && rates.size(0) % steps == 0 && rates.size(0) / steps == n_epochs,
                "one factor a step");
        require(steps <= ThreadTeam::most_phases / engine_.engine().most_phases(),
                "too many steps for one epoch");
        require(steps_(0) >= 0 && steps_(0) <= most_steps, "bad number of steps");
        require(engine_.engine().chain().sync_points.empty() ||
                    std::min(n, batch_size) <= std::numeric_limits<int>::max(),
                "too many rows for batch normalisation");
        orders_.start_from(given ? given->data() : nullptr, given ? std::size_t(n) : 0,
                           shuffles ? &bit_generator(generator) : nullptr);
        for (std::int64_t number : orders_.numbers())
            require(number >= 0 && number < rows, "row number out of range");
        Memory<T> memory{{}, steps_(0), seed_, state_.data()};
        for (std::size_t k = 0; k < n_slots(); ++k)
            memory.slots[k] = slots_.data() + std::ptrdiff_t(k) * slots_.stride(0);
        auto signalled = [interruptible] {
            if (CallGuard::must_return()) return true;
            if (!interruptible) return false;
            nb::gil_scoped_acquire gil;
            return PyErr_CheckSignals() != 0;
        };
        std::vector<std::pair<EpochTuple, double>> over;
        bool interrupted = false;
        const std::int64_t *order_of_last = nullptr;
        const Raised busy(engine_.in_epochs);
        {
            nb::gil_scoped_release released;
            using Seconds = std::chrono::duration<double>;
            const auto begun = std::chrono::steady_clock::now();
            double elapsed = 0, asked = 0;
            // Whether all is finite in the end.
            const auto take = [&](StepChecker<T> *watch) {
                for (std::int64_t epoch = 0; epoch < n_epochs; ++epoch) {
                    order_of_last = orders_.of(epoch);
                    if (watch) watch->begin_epoch();
                    const EpochResult result =
                        engine_.engine().epoch(data_.data, Order{given ? order_of_last : nullptr, 0, n}, n,
                                               batch_size, rule_, rates.data() + epoch * steps, theta_.data(),
                                               memory, signalled, options_, seconds - elapsed, watch);
                    interrupted = result.interrupted;
                    const double before = elapsed;
                    elapsed = Seconds(std::chrono::steady_clock::now() - begun).count();
                    if (!interrupted)
                        over.emplace_back(EpochTuple{result.objective.data_loss, result.objective.penalty,
                                                     result.gradient_norms, result.finite, result.steps},
                                          elapsed - before);
                    if (!result.finite) return false;
                    if (interrupted || result.steps < steps || elapsed >= seconds) break;
                    // Short epochs are over before they ask.
                    if (elapsed - asked >= 0.1) {
                        asked = elapsed;
                        if ((interrupted = signalled())) break;
                    }
                }
                return remembered_.finite(); // the rest every epoch looks at
            };
            moving_.save_to(kept_);
            if (!take(nullptr)) {
                moving_.restore_from(kept_);
                memory.steps = steps_(0);
                over.clear();
                if (!interrupted) take(&watch_);
            }
        }
        steps_(0) = memory.steps; // also where a signal ended an epoch early: so many steps were taken
        if (shuffles) std::copy_n(order_of_last, n, given->data());
        if (interrupted && CallGuard::must_return()) CallGuard::raise_system_exit();
        return {std::move(over),
                interrupted ? nb::object(nb::borrow(nb::python_error().value())) : nb::object(nb::none())};
    }

  private:
    static constexpr std::int64_t most_steps = std::int64_t(1) << 62;

    // A flag that is up within a scope.
    struct Raised {
        bool &flag;
        explicit Raised(bool &f) : flag(f) { flag = true; }
        ~Raised() { flag = false; }
        Raised(const Raised &) = delete;
        Raised &operator=(const Raised &) = delete;
    };

    std::size_t n_slots() const {
        return std::visit([](const auto &rule) { return std::size_t(rule.slots()); }, rule_);
    }

    CheckedEngine<T> &engine_;
    const HeldData<T> &data_;
    Optimizer rule_;
    Out1<T> theta_;
    Slots<T> slots_;
    Out1<std::int64_t> steps_;
    std::uint64_t seed_;
    Out1<T> state_;
    std::optional<Out1<T>> mean_;
    UpdateOptions<T> options_;
    EpochOrders orders_;
    MutableState<T> moving_, remembered_; // all, and what is not a parameter or the network's state
    std::vector<T> kept_;                 // what a call has set out from
    StepChecker<T> watch_{moving_};
};

// Predictions over parameters whose memory is read afresh at every call. Arrays that need no preparation are
// taken as they are; for anything else None is returned, and Python takes the longer way.
template <class T> class CheckedPredictor {
  public:
    CheckedPredictor(int n_inputs, const NamedLayers &layers, const NamedFields &loss, In1<T> theta,
                     In1<T> state, bool both_classes, bool flat, nb::callable threads_for, bool fixed_cut)
        : predictor_(chain<T>(n_inputs, layers), Catalogue<Loss>::make(member(loss)), both_classes,
                     fixed_cut),
          theta_(std::move(theta)), state_(std::move(state)), flat_(flat),
          threads_for_(std::move(threads_for)), ndarray_(nb::module_::import_("numpy").attr("ndarray")),
          empty_(nb::module_::import_("numpy").attr("empty")),
          dtype_(nb::module_::import_("numpy").attr("dtype")(sizeof(T) == 4 ? "f4" : "f8")) {
        for (const auto &layer : layers) require(std::get<double>(layer) == 0, "a prediction drops no unit");
        require(theta_.shape(0) == predictor_.chain().n_parameters,
                "the network has another number of parameters");
        require(state_.shape(0) == predictor_.chain().n_state, "the network has another state");
        require(!flat || predictor_.columns() == 1, "flat predictions have one column");
        require_aligned(theta_, state_);
    }

    bool calls_blas() const { return predictor_.calls_blas(); }

    // Of at least one row, all of them finite.
    nb::object finite(nb::handle X) {
        const CallGuard guard = guarded_call();
        const BufferView<T> x(X.ptr(), Access::read);
        if (!takes(X, x) || x.dimensions() != 2 || x.size(0) == 0) return nb::none();
        nb::object out = made(x.size(0), true);
        const BufferView<T> target(out.ptr(), Access::write);
        return predict(x, target, true) ? out : nb::none();
    }

    // Of any number of rows, or of a vector; into `out`, or None for a new array.
    nb::object bare(nb::handle X, nb::handle out) {
        const CallGuard guard = guarded_call();
        const BufferView<T> x(X.ptr(), Access::read);
        if (!takes(X, x)) return nb::none();
        nb::object result = out.is_none() ? made(rows(x), x.dimensions() == 2) : nb::borrow(out);
        const BufferView<T> target(result.ptr(), Access::write);
        if (!out.is_none() && !(out.type().is(ndarray_) && target && fits(x, target))) return nb::none();
        predict(x, target, false);
        return result;
    }

    void fill(const Held<T> &X, Out2<T> out, int threads, int at_once) {
        const CallGuard guard = guarded_call();
        require_aligned(out);
        require(X.matrix.columns == predictor_.chain().n_inputs, "the inputs have another number of columns");
        require(std::int64_t(out.shape(0)) == X.matrix.rows &&
                    out.shape(1) == std::size_t(predictor_.columns()),
                "the output does not fit");
        require(!calls_blas() || gemm_pointer<T>, "no BLAS was handed in");
        nb::gil_scoped_release released;
        predictor_(X.matrix, theta_.data(), state_.data(), out.data(), threads, false, at_once);
    }

  private:
    // Multiplications from which other Python threads may run meanwhile, and more threads may pay.
    static constexpr std::int64_t large = 1'000'000;

    static std::int64_t rows(const BufferView<T> &x) { return x.dimensions() == 1 ? 1 : x.size(0); }

    bool takes(nb::handle X, const BufferView<T> &x) const {
        return X.type().is(ndarray_) && x && (x.dimensions() == 1 || x.dimensions() == 2) &&
               x.size(x.dimensions() - 1) == predictor_.chain().n_inputs && (rows(x) == 1 || !calls_blas());
    }

    nb::object made(std::int64_t n_rows, bool by_row) const {
        const int n = predictor_.columns();
        if (by_row && flat_) return empty_(n_rows, dtype_);
        if (by_row) return empty_(nb::make_tuple(n_rows, n), dtype_);
        return flat_ ? empty_(nb::make_tuple(), dtype_) : empty_(n, dtype_);
    }

    bool fits(const BufferView<T> &x, const BufferView<T> &target) const {
        int dimension = 0;
        if (target.dimensions() != x.dimensions() - int(flat_)) return false;
        if (x.dimensions() == 2 && target.size(dimension++) != x.size(0)) return false;
        return flat_ || target.size(dimension) == predictor_.columns();
    }

    bool predict(const BufferView<T> &x, const BufferView<T> &target, bool finite) {
        const auto &chain = predictor_.chain();
        const Matrix<T> X{rows(x), chain.n_inputs, x.data(), nullptr, nullptr};
        if (std::size_t(X.rows) * chain.n_parameters < std::size_t(large))
            return predictor_(X, theta_.data(), state_.data(), target.data(), 1, finite);
        const int threads = nb::cast<int>(threads_for_(X.rows));
        nb::gil_scoped_release released;
        return predictor_(X, theta_.data(), state_.data(), target.data(), threads, finite);
    }

    Predictor<T> predictor_;
    In1<T> theta_, state_;
    bool flat_;
    nb::callable threads_for_;
    nb::object ndarray_, empty_, dtype_;
};

template <class T> void bind(nb::module_ &m, const char *suffix) {
    auto named = [&](const char *stem) { return std::string(stem) + suffix; };

    nb::class_<Held<T>>(m, named("Matrix").c_str())
        .def(nb::init<const In2<T> &>(), "X"_a.noconvert())
        .def(nb::init<const In1<T> &, const In1<std::int32_t> &, const Numbers &, std::size_t>(),
             "values"_a.noconvert(), "column_of"_a.noconvert(), "starts"_a.noconvert(), "columns"_a);

    nb::class_<HeldData<T>>(m, named("Data").c_str())
        .def(nb::init<nb::object, In2<T>, std::optional<In1<T>>, double>(), "X"_a, "y"_a.noconvert(),
             "weights"_a.noconvert().none(), "mean_weight"_a);

    nb::class_<CheckedEngine<T>>(m, named("Engine").c_str())
        .def(nb::init<int, const NamedLayers &, const NamedFields &, const NamedFields &, int, bool, double,
                      int, int>(),
             "n_inputs"_a, "layers"_a, "loss"_a, "penalty"_a, "threads"_a, "bfloat16"_a = false,
             "input_noise"_a = 0.0, "shares"_a = 0, "at_once"_a = 0)
        .def("calls_blas", &CheckedEngine<T>::calls_blas)
        .def("objective", &CheckedEngine<T>::objective, "data"_a, "theta"_a.noconvert(),
             "gradient"_a.noconvert(), "state"_a.noconvert());

    const NamedFields no_clipping{"NoClipping", {}}, no_constraint{"NoConstraint", {}},
        no_averaging{"NoAveraging", {}};
    nb::class_<CheckedRun<T>>(m, named("Run").c_str())
        .def(nb::init<CheckedEngine<T> &, const HeldData<T> &, const NamedFields &, Out1<T>, Slots<T>,
                      Out1<std::int64_t>, std::uint64_t, Out1<T>, const NamedFields &, const NamedFields &,
                      const NamedFields &, std::optional<Out1<T>>>(),
             nb::keep_alive<1, 2>(), nb::keep_alive<1, 3>(), "engine"_a, "data"_a, "optimizer"_a,
             "theta"_a.noconvert(), "slots"_a.noconvert(), "steps"_a.noconvert(), "seed"_a,
             "state"_a.noconvert(), "clipping"_a = no_clipping, "constraint"_a = no_constraint,
             "averaging"_a = no_averaging, "mean"_a.noconvert().none() = nb::none())
        .def("epochs", &CheckedRun<T>::epochs, "order"_a.none(), "generator"_a.none(), "batch_size"_a,
             "lr_factors"_a, "n_epochs"_a, "interruptible"_a,
             "seconds"_a = std::numeric_limits<double>::infinity());

    nb::class_<CheckedPredictor<T>>(m, named("Predictor").c_str())
        .def(nb::init<int, const NamedLayers &, const NamedFields &, In1<T>, In1<T>, bool, bool, nb::callable,
                      bool>(),
             "n_inputs"_a, "layers"_a, "loss"_a, "theta"_a.noconvert(), "state"_a.noconvert(),
             "both_classes"_a, "flat"_a, "threads_for"_a, "fixed_cut"_a = false)
        .def("calls_blas", &CheckedPredictor<T>::calls_blas)
        .def("finite", &CheckedPredictor<T>::finite, nb::arg().none())
        .def("bare", &CheckedPredictor<T>::bare, nb::arg().none(), nb::arg().none())
        .def("fill", &CheckedPredictor<T>::fill, "X"_a, "out"_a.noconvert(), "threads"_a, "at_once"_a = 0);
}

template <class Variant> nb::list listed() {
    nb::list entries;
    for (const Entry &entry : Catalogue<Variant>::list())
        entries.append(nb::make_tuple(entry.name, entry.fields));
    return entries;
}

nb::dict catalogue() {
    nb::dict all;
    all["activations"] = listed<Activation>();
    all["losses"] = listed<Loss>();
    all["normalizations"] = listed<Normalization>();
    all["penalties"] = listed<Penalty>();
    all["optimizers"] = listed<Optimizer>();
    all["clippings"] = listed<Clipping>();
    all["constraints"] = listed<Constraint>();
    all["averagings"] = listed<Averaging>();
    return all;
}

// The words of the elements from `begin` on, for the tests that hold them to the readable ones.
void random_words(std::uint64_t seed, std::int64_t step, int layer, std::uint64_t begin,
                  Out1<std::uint32_t> out) {
    require_aligned(out);
    philox::Stream{seed, step, layer}.for_each(begin, begin + out.shape(0),
                                               [&](std::ptrdiff_t at, const std::uint32_t *words, int n) {
                                                   std::copy_n(words, n, out.data() + at);
                                               });
}

// The pointers arrive in capsules whose names are their C signatures, Cython's typedefs among them.
template <class T> void take_gemm(nb::capsule capsule) {
    const std::string_view signature = capsule.name() ? capsule.name() : "";
    require(signature.starts_with("void (char *, char *, int *, int *, int *, ") &&
                signature.find(sizeof(T) == 4 ? "cython_blas_s *" : "cython_blas_d *") != signature.npos,
            "not a BLAS's product of matrices");
    gemm_pointer<T> = reinterpret_cast<Gemm<T>>(capsule.data(capsule.name()));
}

// The widest of the instruction sets that a build of this module exists for: 0, 3 or 4, as in
// the levels of the x86-64 psABI.
int cpu_level() {
#if defined(__x86_64__) && defined(__GNUC__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        return 4;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2"))
        return 3;
#endif
    return 0;
}

} // namespace
} // namespace rosenblatt

NB_MODULE(ROSENBLATT_MODULE, m) {
    using namespace rosenblatt;
    m.doc() = "rosenblatt's native engine";
    nb::set_leak_warnings(false); // a predictor may live as long as the interpreter
    m.def("cpu_level", &cpu_level);
    m.def("has_bfloat16", &bfloat16::supported);
    m.def("catalogue", &catalogue);
    m.def("after_fork_in_child", [] {
        Cores::forget();
        CallGuard::forget();
    });
    m.def("at_exit", &CallGuard::finish_all);
    m.def("use_blas", [](nb::capsule sgemm, nb::capsule dgemm) {
        take_gemm<float>(sgemm);
        take_gemm<double>(dgemm);
    });
    m.def("philox", &random_words, "seed"_a, "step"_a, "layer"_a, "begin"_a, "out"_a.noconvert());
    m.def(
        "shuffle",
        [](Out1<std::int64_t> items, nb::handle generator) {
            require_aligned(items);
            shuffle(items.data(), items.shape(0), bit_generator(generator));
        },
        "items"_a.noconvert(), "generator"_a);
    bind<float>(m, "32");
    bind<double>(m, "64");
}
