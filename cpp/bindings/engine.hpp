// The engine, with the checks that keep its memory safe.
#pragma once

#include "../engine.hpp"
#include "call_guard.hpp"
#include "data.hpp"
#include "specs.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace rosenblatt::bindings {

template <class T> class CheckedEngine {
  public:
    CheckedEngine(int n_inputs, const NamedLayers &layers, const NamedFields &loss,
                  const NamedFields &penalty, int threads, bool bfloat16, double input_noise, int tasks,
                  int at_once)
        : engine_(chain<T>(n_inputs, layers, bfloat16 ? Precision::bfloat16 : Precision::exact, input_noise),
                  made<Loss>(loss), made<Penalty>(penalty),
                  {.threads = threads, .tasks = tasks, .at_once = at_once}) {
        require(threads >= 1 && tasks >= 0 && at_once >= 0, "at least one thread");
        require(!bfloat16 || (sizeof(T) == sizeof(float) && rosenblatt::bfloat16::supported()),
                "no products of bfloat16 factors");
    }

    Engine<T> &engine() { return engine_; }

    // Mean data loss and penalty; their gradient is written to `gradient`.
    std::pair<double, double> objective(const DataHolder<T> &data, const In1<T> &theta, Out1<T> gradient,
                                        const In1<T> &state) {
        const CallGuard guard;
        check(data);
        check_idle();
        require(data.data().X.rows >= 1, "an objective needs rows");
        require(engine_.chain().input_noise == 0, "an objective is without noise");
        require_aligned(theta, gradient, state);
        check_parameters(theta.shape(0));
        check_parameters(gradient.shape(0));
        check_state(state.shape(0));
        check_blas();
        nb::gil_scoped_release released;
        const Objective o = engine_.objective(data.data(), theta.data(), state.data(), gradient.data());
        return {o.data_loss, o.penalty};
    }

    bool calls_blas() const { return engine_.calls_blas(); }

    void check(const DataHolder<T> &data) const {
        const Chain<T> &chain = engine_.chain();
        const Matrix<T> &X = data.data().X;
        const int targets = engine_.target_columns();
        require(chain.input_noise == 0 || !X.sparse(), "noise needs dense inputs");
        require(!X.bytes || !std::holds_alternative<CategoryEmbedding<T>>(chain.layers[0]),
                "codes of categories are no bytes");
        require(chain.sync_points.empty() || X.rows <= std::numeric_limits<int>::max(),
                "too many rows for batch normalisation");
        require(X.columns == chain.n_inputs, "the inputs have another number of columns");
        require(targets >= 0 && data.target_columns() == std::size_t(targets),
                "the targets have another number of columns");
        const auto accepts = [&](const auto &l) {
            return l.accepts(data.low(), data.high(), chain.n_scores());
        };
        require(std::visit(accepts, engine_.loss()), "a class code is out of range");
    }

    void check_blas() const { require(!engine_.calls_blas() || gemm_pointer<T>, "no BLAS was handed in"); }

    void check_parameters(std::size_t n) const {
        require(n == engine_.chain().n_parameters, "the network has another number of parameters");
    }

    void check_state(std::size_t n) const {
        require(n == engine_.chain().n_state, "the network has another state");
    }

    // Epochs call signal handlers, which may run any code and must not wait for these epochs.
    void check_idle() const {
        if (in_epochs) throw std::runtime_error("the engine is in the midst of epochs");
    }

    bool in_epochs = false; // read and written with the GIL held

  private:
    Engine<T> engine_;
};

template <class T> void bind_engine(nb::module_ &m, const std::string &suffix) {
    nb::class_<CheckedEngine<T>>(m, ("Engine" + suffix).c_str())
        .def(nb::init<int, const NamedLayers &, const NamedFields &, const NamedFields &, int, bool, double,
                      int, int>(),
             "n_inputs"_a, "layers"_a, "loss"_a, "penalty"_a, "threads"_a, "bfloat16"_a = false,
             "input_noise"_a = 0.0, "tasks"_a = 0, "at_once"_a = 0)
        .def("calls_blas", &CheckedEngine<T>::calls_blas)
        .def("objective", &CheckedEngine<T>::objective, "data"_a, "theta"_a.noconvert(),
             "gradient"_a.noconvert(), "state"_a.noconvert());
}

} // namespace rosenblatt::bindings
