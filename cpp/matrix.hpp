// Input matrices, dense or CSR, and blocks of their rows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rosenblatt {

// Dense in row-major order, of numbers or of bytes that stand for shares of 255, or CSR.
template <class T> struct Matrix {
    std::int64_t rows = 0;
    int columns = 0;
    const T *values = nullptr;
    // CSR alone; null for a dense matrix.
    const std::int32_t *column_of = nullptr;
    const std::int64_t *start_of_row = nullptr;
    std::int64_t longest_row = 0;        // entries of the fullest row
    const std::uint8_t *bytes = nullptr; // in place of values

    static Matrix dense(std::int64_t rows, int columns, const T *values) {
        return {.rows = rows, .columns = columns, .values = values};
    }
    static Matrix of_bytes(std::int64_t rows, int columns, const std::uint8_t *bytes) {
        return {.rows = rows, .columns = columns, .bytes = bytes};
    }
    static Matrix csr(std::int64_t rows, int columns, const T *values, const std::int32_t *column_of,
                      const std::int64_t *start_of_row) {
        Matrix matrix{rows, columns, values, column_of, start_of_row};
        for (std::int64_t row = 0; row < rows; ++row)
            matrix.longest_row = std::max(matrix.longest_row, start_of_row[row + 1] - start_of_row[row]);
        return matrix;
    }

    bool sparse() const { return column_of != nullptr; }
    // Whether rows can be read where they lie, as numbers.
    bool in_numbers() const { return values != nullptr && !sparse(); }
    const T *row(std::int64_t number) const { return values + std::size_t(number) * std::size_t(columns); }
};

// Which rows, and in which order: by their numbers, or consecutive.
struct Order {
    const std::int64_t *numbers; // null: consecutive from `first`
    std::int64_t first, count;

    static Order consecutive(std::int64_t first, std::int64_t count) { return {nullptr, first, count}; }
    static Order of(const std::int64_t *numbers, std::int64_t count) { return {numbers, 0, count}; }

    std::int64_t operator[](std::int64_t i) const { return numbers ? numbers[i] : first + i; }
    Order from(std::int64_t i) const { return {numbers ? numbers + i : nullptr, first + i, count - i}; }
};

// One row of a CSR matrix.
template <class T> struct Entries {
    std::int64_t size;
    const std::int32_t *columns;
    const T *values;
};

// A block of rows: dense and contiguous, or rows of a CSR matrix by their numbers.
template <class T> struct Rows {
    const T *dense = nullptr;
    const Matrix<T> *sparse = nullptr;
    const std::int64_t *numbers = nullptr; // of sparse rows; null: consecutive from `first`
    std::int64_t first = 0;

    static Rows contiguous(const T *values) { return {.dense = values}; }
    static Rows of_csr(const Matrix<T> &matrix, const Order &order) {
        return {nullptr, &matrix, order.numbers, order.first};
    }

    Entries<T> entries(int row) const {
        const std::int64_t number = numbers ? numbers[row] : first + row;
        const std::int64_t begin = sparse->start_of_row[number];
        return {sparse->start_of_row[number + 1] - begin, sparse->column_of + begin, sparse->values + begin};
    }

    // One row, written out.
    void copy_row(int row, int columns, T *out) const {
        if (!sparse) {
            std::copy_n(dense + std::ptrdiff_t(row) * columns, columns, out);
            return;
        }
        std::fill_n(out, columns, T(0));
        const Entries<T> of_row = entries(row);
        for (std::int64_t j = 0; j < of_row.size; ++j) out[of_row.columns[j]] += of_row.values[j];
    }

    // g += xᵀ d, with g of shape (columns, width).
    void add_transposed_product(int rows, const T *d, int width, T *g) const {
        for (int row = 0; row < rows; ++row) {
            const T *in = d + std::ptrdiff_t(row) * width;
            const Entries<T> of_row = entries(row);
            for (std::int64_t j = 0; j < of_row.size; ++j) {
                const T value = of_row.values[j];
                T *out = g + std::ptrdiff_t(of_row.columns[j]) * width;
                for (int k = 0; k < width; ++k) out[k] += value * in[k];
            }
        }
    }
};

// The entries of a block of sparse rows, column by column.
//
// From them the update computes the gradient of a strip of weights right before it moves them, in cache. The
// gradient of a wide sparse layer, most of it 0, is never written as a whole.
template <class T> class BlockColumns {
  public:
    BlockColumns(int columns, std::size_t most_entries)
        : starts_(std::size_t(columns) + 1), row_of_(most_entries), values_(most_entries) {}

    // The first `rows` rows of x: a counting sort.
    void take(const Rows<T> &x, int rows) {
        std::fill(starts_.begin(), starts_.end(), 0);
        for (int row = 0; row < rows; ++row) {
            const Entries<T> entries = x.entries(row);
            for (std::int64_t j = 0; j < entries.size; ++j) ++starts_[std::size_t(entries.columns[j])];
        }
        std::int32_t end = 0;
        for (std::int32_t &start : starts_) start = end += start;
        // Filled from behind, so that the ends become the starts and rows stay in order.
        for (int row = rows; row-- > 0;) {
            const Entries<T> entries = x.entries(row);
            for (std::int64_t j = 0; j < entries.size; ++j) {
                const auto at = std::size_t(--starts_[std::size_t(entries.columns[j])]);
                row_of_[at] = row;
                values_[at] = entries.values[j];
            }
        }
    }

    // visit(row, value) for the entries of a column.
    template <class Visit> void for_each(std::size_t column, Visit visit) const {
        for (auto at = std::size_t(starts_[column]); at < std::size_t(starts_[column + 1]); ++at)
            visit(row_of_[at], values_[at]);
    }

  private:
    std::vector<std::int32_t> starts_, row_of_;
    std::vector<T> values_;
};

} // namespace rosenblatt
