// The memory of an engine's steps, kept from call to call while the demand stays the same.
#pragma once

#include "column_parallel.hpp"
#include "training.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace rosenblatt {

// Serves one call at a time.
template <class T> class WorkspacePool {
  public:
    WorkspacePool(const Chain<T> &chain, int target_columns, int tasks)
        : chain_(chain), target_columns_(target_columns), tasks_(tasks) {}

    // A workspace for each task of an epoch's steps.
    const std::vector<Workspace<T>> &for_epoch(const Matrix<T> &X, const EpochPlan &plan) {
        const std::int64_t rows = (plan.largest_batch() + tasks_ - 1) / tasks_;
        const bool gathers = (plan.order.numbers || chain_.input_noise > 0 || X.bytes) && !X.sparse();
        return of_size(rows, gathers, kept_entries(X, rows));
    }

    // A workspace for each task over all rows as they are stored.
    const std::vector<Workspace<T>> &for_all_rows(const Matrix<T> &X) {
        return of_size((X.rows + tasks_ - 1) / tasks_, X.bytes != nullptr, 0);
    }

    // One for all tasks of steps by columns.
    const ColumnParallel<T> &column_parallel(const EpochPlan &plan, int tasks) {
        const int rows = int(plan.largest_batch());
        const bool gathers = plan.order.numbers;
        if (!columns_ || columns_->rows() != rows || columns_->gathers() != gathers ||
            columns_->tasks() != tasks)
            columns_.emplace(chain_, rows, gathers, target_columns_, tasks);
        return *columns_;
    }

  private:
    const std::vector<Workspace<T>> &of_size(std::int64_t rows, bool gathers, std::size_t entries) {
        const int block = int(std::clamp<std::int64_t>(rows, 1, most_rows(chain_)));
        if (!spaces_.empty() && spaces_[0].block_rows == block && (spaces_[0].input || !gathers) &&
            entries == entries_)
            return spaces_;
        // Built aside: running out of memory leaves no half of them behind.
        std::vector<Workspace<T>> made;
        for (int i = 0; i < tasks_; ++i) {
            made.emplace_back(chain_, block, gathers, target_columns_, Purpose::train);
            if (entries) made.back().columns = std::make_unique<BlockColumns<T>>(chain_.n_inputs, entries);
        }
        spaces_ = std::move(made);
        entries_ = entries;
        return spaces_;
    }

    // Entries to keep of a task's sparse rows, if they fit one block: the update then computes the first
    // layer's dW. 0: the backward pass does.
    std::size_t kept_entries(const Matrix<T> &X, std::int64_t rows) const {
        constexpr std::int64_t most = std::int64_t(1) << 26;
        const std::int64_t entries = rows * std::max<std::int64_t>(X.longest_row, 1);
        const bool reads_entries = std::holds_alternative<Dense<T>>(chain_.layers[0]);
        const bool keeps = X.sparse() && reads_entries && rows <= largest_block && entries <= most;
        return keeps ? std::size_t(entries) : 0;
    }

    const Chain<T> &chain_;
    const int target_columns_, tasks_;
    std::vector<Workspace<T>> spaces_; // of each task
    std::size_t entries_ = 0;          // that they keep
    std::optional<ColumnParallel<T>> columns_;
};

} // namespace rosenblatt
