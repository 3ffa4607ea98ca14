// The order of the rows in each epoch: a shuffle of the order of the epoch before.
#pragma once

#include "shuffle.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rosenblatt {

class EpochOrders {
  public:
    // Starts from a copy of `order`, which other threads may change during the run. Without a generator all
    // epochs have this order.
    void start_from(const std::int64_t *order, std::size_t size, const BitGenerator *bits) {
        latest_.assign(order, order + size);
        earlier_.clear();
        bits_ = bits;
        drawn_ = 0;
    }

    // The order of an epoch, shuffled when it is first asked for. Epochs follow one another; a replay may go
    // back to earlier ones.
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
    std::int64_t drawn_ = 0; // epochs whose order has been shuffled
};

} // namespace rosenblatt
