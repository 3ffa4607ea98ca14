// The rows of tables that a batch reaches: all that a step moves of them.
#pragma once

#include "propagate.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

namespace rosenblatt {

// The rows follow from the batch's codes, which are read again in every phase that needs them. Each row is
// one task's, by where it begins, and a stamp tells whether that task has met it in this phase before.
template <class T> class TouchedRows {
  public:
    explicit TouchedRows(const Chain<T> &chain) : chain_(chain) {
        if (const auto *layer = std::get_if<CategoryEmbedding<T>>(&chain.layers[0])) tables_ = layer->tables;
        for (const Table &table : tables_) stamps_.emplace_back(std::size_t(table.size), 0);
    }

    bool any() const { return !tables_.empty(); }

    // Whether the segment is moved by rows.
    bool has(const typename Chain<T>::Segment &segment) const { return any() && segment.layer == 0; }

    // A pass over a batch's rows: numbers are never used again.
    std::uint64_t pass(std::int64_t step, int phase) const {
        return first_pass_ + std::uint64_t(step) * phases + std::uint64_t(phase);
    }
    void begin(std::int64_t steps) {
        first_pass_ = last_pass_;
        last_pass_ += std::uint64_t(steps + 1) * phases;
    }

    // Calls visit(segment, begin, end) for the rows whose parameters begin in [from, to).
    template <class Visit>
    void for_each(const StepInputs<T> &step, std::uint64_t pass, std::size_t from, std::size_t to,
                  Visit visit) {
        for (std::size_t k = 0; k < tables_.size(); ++k) {
            const Table &table = tables_[k];
            const auto width = std::size_t(table.width);
            for (std::int64_t i = 0; i < step.rows; ++i) {
                const std::size_t code = table.code(code_of(step.data.X, step.order[i], table.column));
                const std::size_t begin = table.offset + code * width;
                if (begin < from || begin >= to || stamps_[k][code] == pass) continue;
                stamps_[k][code] = pass;
                visit(chain_.segments[k], begin, begin + width);
            }
        }
    }

    // Calls visit(begin, end) for the rows that begin in [from, to) and were not met in that pass.
    template <class Visit>
    void for_each_other(std::uint64_t pass, std::size_t from, std::size_t to, Visit visit) const {
        for (std::size_t k = 0; k < tables_.size(); ++k) {
            const auto width = std::size_t(tables_[k].width);
            for (std::size_t code = 0; code < stamps_[k].size(); ++code) {
                const std::size_t begin = tables_[k].offset + code * width;
                if (begin >= from && begin < to && stamps_[k][code] != pass) visit(begin, begin + width);
            }
        }
    }

    // The gradient of all rows is zero before the first step, and again after every one.
    void clear(const std::vector<Workspace<T>> &spaces) const {
        for (const Table &table : tables_)
            for (const Workspace<T> &space : spaces)
                std::fill_n(space.gradient + table.offset, table.n_parameters(), T(0));
    }

    static constexpr int phases = 3; // that read the rows: the norm, the move, and the clearing

  private:
    static T code_of(const Matrix<T> &X, std::int64_t row, int column) {
        if (!X.sparse()) return X.row(row)[column];
        T sum = 0;
        for (std::int64_t j = X.start_of_row[row]; j < X.start_of_row[row + 1]; ++j)
            if (X.column_of[j] == column) sum += X.values[j];
        return sum;
    }

    const Chain<T> &chain_;
    std::vector<Table> tables_;
    std::vector<std::vector<std::uint64_t>> stamps_; // of each table's rows
    std::uint64_t first_pass_ = 0, last_pass_ = 1;
};

} // namespace rosenblatt
