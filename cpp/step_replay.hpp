// Finds and undoes the step that diverges, by replaying an epoch with a check after every step.
//
// Steps are not checked while an epoch goes well: they move parameters as their gradients become known, strip
// by strip, so that nothing could be held back without another pass over the gradient. Instead the state
// before the call is saved, and since the same steps give the same bits, a replay meets the same divergence.
// Large states are not saved: see trial_move.hpp.
#pragma once

#include "gather.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace rosenblatt {

// Arrays that steps change: parameters, optimiser slots, running statistics, averaged parameters.
template <class T> class MutableState {
  public:
    void add(T *numbers, std::size_t size) {
        arrays_.push_back({numbers, size});
        size_ += size;
    }

    std::size_t bytes() const { return size_ * sizeof(T); }

    bool finite() const {
        return std::all_of(arrays_.begin(), arrays_.end(),
                           [](const Array &a) { return all_finite(a.numbers, a.size); });
    }

    void save_to(std::vector<T> &saved) const {
        saved.resize(size_);
        T *to = saved.data();
        for (const Array &a : arrays_) to = std::copy_n(a.numbers, a.size, to);
    }

    void restore_from(const std::vector<T> &saved) const {
        const T *from = saved.data();
        for (const Array &a : arrays_) {
            std::copy_n(from, a.size, a.numbers);
            from += a.size;
        }
    }

  private:
    struct Array {
        T *numbers;
        std::size_t size;
    };
    std::vector<Array> arrays_;
    std::size_t size_ = 0;
};

template <class T> class StepChecker {
  public:
    explicit StepChecker(const MutableState<T> &state) : state_(state) {}

    void begin_epoch() {
        state_.save_to(before_);
        failed_ = false;
    }

    // After a step: whether its loss was finite and it has left finite numbers alone, as a gradient that is
    // not finite would not. Otherwise the step is undone.
    bool check(double loss) {
        failed_ = !(std::isfinite(loss) && state_.finite());
        if (failed_)
            state_.restore_from(before_);
        else
            state_.save_to(before_);
        return !failed_;
    }

    bool failed() const { return failed_; }

  private:
    const MutableState<T> &state_;
    std::vector<T> before_;
    bool failed_ = false;
};

// What an epoch does about a step that diverges: nothing, undo it, or try each move before it is made.
template <class T> struct Guard {
    StepChecker<T> *checker = nullptr;
    bool tries = false;
};

} // namespace rosenblatt
