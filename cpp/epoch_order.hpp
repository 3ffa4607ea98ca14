// The orders of an epoch's rows, each a shuffle of the one before, and those of the epochs before it.
#pragma once

#include "shuffle.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rosenblatt {

class EpochOrders {
  public:
    // From the order that lies there; without a generator all epochs have it. A copy, because the caller's
    // may be changed by others while the epochs run.
    void start_from(const std::int64_t *order, std::size_t size, const BitGenerator *bits) {
        latest_.assign(order, order + size);
        earlier_.clear();
        bits_ = bits;
        drawn_ = 0;
    }

    // The order of an epoch, drawn where it was not yet; epochs come in a row, or again.
    const std::int64_t *of(std::int64_t epoch) {
        if (!bits_) return latest_.data();
        if (epoch < drawn_ - 1) return earlier_.data() + std::size_t(epoch) * latest_.size();
        if (epoch == drawn_) {
            if (drawn_++ > 0) earlier_.insert(earlier_.end(), latest_.begin(), latest_.end());
            shuffle(latest_.data(), latest_.size(), *bits_);
        }
        return latest_.data();
    }

    const std::vector<std::int64_t> &numbers() const { return latest_; }

  private:
    std::vector<std::int64_t> latest_, earlier_;
    const BitGenerator *bits_ = nullptr;
    std::int64_t drawn_ = 0;
};

} // namespace rosenblatt
