// An epoch taken once more with a look at every step, to find the one that diverges and to take it back.
//
// Nobody looks while an epoch goes well. A step moves parameters as their gradients become known, layer by
// layer and stretch by stretch, so that nothing could be held back without a pass over the whole gradient.
// Instead there is a copy of what the first of an epoch or several set out from, and since the same steps
// give the same bits, the one that diverges is found by taking them again.
#pragma once

#include "propagate.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace rosenblatt {

// Everything that steps change: parameters, the optimiser's slots, the network's state, the weights' mean.
template <class T> class MutableState {
  public:
    void add(T *numbers, std::size_t size) {
        stretches_.push_back({numbers, size});
        size_ += size;
    }

    bool finite() const {
        return std::all_of(stretches_.begin(), stretches_.end(),
                           [](const ParameterRange &s) { return all_finite(s.numbers, s.size); });
    }

    void save_to(std::vector<T> &kept) const {
        kept.resize(size_);
        T *to = kept.data();
        for (const ParameterRange &s : stretches_) to = std::copy_n(s.numbers, s.size, to);
    }

    void restore_from(const std::vector<T> &kept) const {
        const T *from = kept.data();
        for (const ParameterRange &s : stretches_) {
            std::copy_n(from, s.size, s.numbers);
            from += s.size;
        }
    }

  private:
    struct ParameterRange {
        T *numbers;
        std::size_t size;
    };
    std::vector<ParameterRange> stretches_;
    std::size_t size_ = 0;
};

template <class T> class StepChecker {
  public:
    explicit StepChecker(const MutableState<T> &moving) : moving_(moving) {}

    void begin_epoch() {
        moving_.save_to(before_);
        failed_ = false;
    }

    // A step is good if it set out from a finite loss and has left finite numbers alone: a gradient that is
    // not finite leaves others. What a bad one has moved is brought back.
    bool good(double loss) {
        failed_ = !(std::isfinite(loss) && moving_.finite());
        if (failed_)
            moving_.restore_from(before_);
        else
            moving_.save_to(before_);
        return !failed_;
    }

    bool failed() const { return failed_; }

  private:
    const MutableState<T> &moving_;
    std::vector<T> before_;
    bool failed_ = false;
};

} // namespace rosenblatt
