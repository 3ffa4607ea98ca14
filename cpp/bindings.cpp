// The compiled module: checks what Python hands over, then lets go of the GIL and runs the engine.
// This is the only file that names nanobind.
#include "engine.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace nb = nanobind;
using namespace nb::literals;

namespace rosenblatt {
namespace {

template <class T> using In1 = nb::ndarray<const T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
template <class T> using In2 = nb::ndarray<const T, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
template <class T> using Out1 = nb::ndarray<T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
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

template <class T> bool aligned(const T *p) { return reinterpret_cast<std::uintptr_t>(p) % alignof(T) == 0; }

// A matrix that keeps its values alive and owns its indices: what was checked cannot change afterwards.
template <class T> struct Held {
    nb::object values;
    std::vector<std::int32_t> column_of;
    std::vector<std::int64_t> starts;
    Matrix<T> matrix;

    explicit Held(const In2<T> &X)
        : values(nb::cast(X)),
          matrix{std::int64_t(X.shape(0)), checked_columns(X.shape(1)), X.data(), nullptr, nullptr} {
        require(aligned(X.data()), "the inputs are not aligned in memory");
    }

    Held(const In1<T> &x, const In1<std::int32_t> &columns_given, const Numbers &starts_given,
         std::size_t columns)
        : values(nb::cast(x)), column_of(columns_given.data(), columns_given.data() + columns_given.shape(0)),
          starts(starts_given.data(), starts_given.data() + starts_given.shape(0)) {
        require(!starts.empty() && starts[0] == 0, "a CSR matrix starts at 0");
        require(std::is_sorted(starts.begin(), starts.end()), "CSR rows overlap");
        require(starts.back() == std::int64_t(x.shape(0)) && x.shape(0) == column_of.size(),
                "CSR arrays do not fit together");
        require(aligned(x.data()), "the inputs are not aligned in memory");
        const int n = checked_columns(columns);
        for (std::int32_t column : column_of) require(column >= 0 && column < n, "CSR column out of range");
        column_of.reserve(1); // an empty vector may have no memory, but null says dense
        matrix = {std::int64_t(starts.size()) - 1, n, x.data(), column_of.data(), starts.data()};
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
        for (std::size_t i = 0; i < y.size(); ++i) {
            const double value = double(y.data()[i]);
            low = value < low || std::isnan(value) ? value : low;
            high = value > high || std::isnan(value) ? value : high;
        }
    }
};

// The engine with the checks that keep its memory safe.
template <class T> class CheckedEngine {
  public:
    CheckedEngine(int n_inputs, const std::vector<std::pair<int, NamedFields>> &layers,
                  const NamedFields &loss, const NamedFields &penalty, int threads)
        : loss_(Catalogue<Loss>::make(member(loss))),
          engine_(chain(n_inputs, layers), loss_, Catalogue<Penalty>::make(member(penalty)), threads) {
        require(threads >= 1, "at least one thread");
    }

    using EpochTuple = std::tuple<double, double, std::vector<double>>;

    EpochTuple epoch(const HeldData<T> &data, const std::optional<Numbers> &order, std::int64_t batch_size,
                     const NamedFields &optimizer, const In1<double> &factors, Out1<T> theta, Out2<T> slots,
                     Out1<std::int64_t> steps, bool interruptible) {
        check(data);
        require(steps.shape(0) == 1, "one number of steps");
        const std::int64_t n = order ? std::int64_t(order->shape(0)) : data.data.X.rows;
        require(n >= 1 && batch_size >= 1, "an epoch needs rows and a batch size");
        require(std::int64_t(factors.shape(0)) == (n - 1) / batch_size + 1, "one factor a step");
        require(std::int64_t(factors.shape(0)) <= Crew::most_phases / 2, "too many steps for one epoch");
        check_parameters(theta.shape(0));
        const Optimizer rule = Catalogue<Optimizer>::make(member(optimizer));
        const auto n_slots = std::visit([](auto r) { return std::size_t(decltype(r)::slots); }, rule);
        require(slots.shape(0) == n_slots && slots.shape(1) == theta.shape(0), "slots do not fit");
        // A copy, for the same reason as in Held.
        std::vector<std::int64_t> numbers;
        if (order) numbers.assign(order->data(), order->data() + n);
        for (std::int64_t number : numbers)
            require(number >= 0 && number < data.data.X.rows, "row number out of range");
        check_products();
        Memory<T> memory{{slots.data(), n_slots > 1 ? slots.data() + theta.shape(0) : nullptr}, steps(0)};
        auto signalled = [interruptible] {
            if (!interruptible) return false;
            nb::gil_scoped_acquire gil;
            return PyErr_CheckSignals() != 0;
        };
        EpochResult result;
        {
            nb::gil_scoped_release released;
            result = engine_.epoch(data.data, Order{order ? numbers.data() : nullptr, 0}, n, batch_size, rule,
                                   factors.data(), theta.data(), memory, signalled);
        }
        steps(0) = memory.steps; // also where a signal ended the epoch early: so many steps were taken
        if (result.interrupted) throw nb::python_error();
        return {result.objective.data_loss, result.objective.penalty, result.gradient_norms};
    }

    std::pair<double, double> objective(const HeldData<T> &data, const In1<T> &theta, Out1<T> gradient) {
        check(data);
        require(data.data.X.rows >= 1, "an objective needs rows");
        check_parameters(theta.shape(0));
        check_parameters(gradient.shape(0));
        check_products();
        nb::gil_scoped_release released;
        const Objective o = engine_.objective(data.data, theta.data(), gradient.data());
        return {o.data_loss, o.penalty};
    }

    void scores(const Held<T> &X, const In1<T> &theta, Out2<T> out) const {
        require(X.matrix.columns == engine_.chain().n_inputs, "the inputs have another number of columns");
        check_parameters(theta.shape(0));
        require(std::int64_t(out.shape(0)) == X.matrix.rows &&
                    out.shape(1) == std::size_t(engine_.chain().n_outputs),
                "the output does not fit");
        check_products();
        nb::gil_scoped_release released;
        engine_.scores(X.matrix, theta.data(), out.data());
    }

    bool calls_blas() const { return engine_.calls_blas(); }

  private:
    static Chain<T> chain(int n_inputs, const std::vector<std::pair<int, NamedFields>> &layers) {
        require(n_inputs >= 1 && !layers.empty(), "a chain needs inputs and layers");
        std::vector<DenseSpec> specs;
        for (const auto &[n_outputs, activation] : layers) specs.push_back({n_outputs, member(activation)});
        return Chain<T>(n_inputs, specs);
    }

    void check(const HeldData<T> &data) const {
        const int outputs = engine_.chain().n_outputs;
        require(data.data.X.columns == engine_.chain().n_inputs, "the inputs have another number of columns");
        require(int(data.y.shape(1)) == engine_.target_columns(),
                "the targets have another number of columns");
        require(std::visit([&](auto l) { return l.accepts(data.low, data.high, outputs); }, loss_),
                "a class code is out of range");
    }

    void check_products() const {
        require(!engine_.calls_blas() || gemm_pointer<T>, "no BLAS was handed in");
    }

    void check_parameters(std::size_t n) const {
        require(n == engine_.chain().n_parameters, "the network has another number of parameters");
    }

    Loss loss_;
    Engine<T> engine_;
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
        .def(nb::init<int, const std::vector<std::pair<int, NamedFields>> &, const NamedFields &,
                      const NamedFields &, int>(),
             "n_inputs"_a, "layers"_a, "loss"_a, "penalty"_a, "threads"_a)
        .def("epoch", &CheckedEngine<T>::epoch, "data"_a, "order"_a.noconvert().none(), "batch_size"_a,
             "optimizer"_a, "factors"_a.noconvert(), "theta"_a.noconvert(), "slots"_a.noconvert(),
             "steps"_a.noconvert(), "interruptible"_a)
        .def("calls_blas", &CheckedEngine<T>::calls_blas)
        .def("objective", &CheckedEngine<T>::objective, "data"_a, "theta"_a.noconvert(),
             "gradient"_a.noconvert())
        .def("scores", &CheckedEngine<T>::scores, "X"_a, "theta"_a.noconvert(), "out"_a.noconvert());
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
    all["penalties"] = listed<Penalty>();
    all["optimizers"] = listed<Optimizer>();
    return all;
}

// The pointers arrive in capsules whose names are their C signatures.
template <class T> void take_gemm(nb::capsule capsule) {
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
    m.def("cpu_level", &cpu_level);
    m.def("catalogue", &catalogue);
    m.def("use_blas", [](nb::capsule sgemm, nb::capsule dgemm) {
        take_gemm<float>(sgemm);
        take_gemm<double>(dgemm);
    });
    bind<float>(m, "32");
    bind<double>(m, "64");
}
