// Input matrices, dense or CSR, and blocks of their rows.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rosenblatt {

// Dense in row-major order, or CSR (values, columns, starts); never both.
template <class T> struct Matrix {
    std::int64_t rows = 0;
    int columns = 0;
    const T *values = nullptr;
    const std::int32_t *column_of = nullptr; // null for a dense matrix
    const std::int64_t *start_of_row = nullptr;

    bool sparse() const { return column_of != nullptr; }
};

// Some rows of a matrix: dense and contiguous, or rows of a CSR matrix by their numbers.
template <class T> struct Rows {
    const T *dense = nullptr;
    const Matrix<T> *sparse = nullptr;
    const std::int64_t *numbers = nullptr; // null: consecutive from `first`
    std::int64_t first = 0;

    // y += x W, with W of shape (columns, width).
    void add_product(int rows, const T *W, int width, T *y) const {
        for_each_value(rows, [=](int row, std::int32_t column, T value) {
            const T *w = W + std::ptrdiff_t(column) * width;
            T *out = y + std::ptrdiff_t(row) * width;
            for (int k = 0; k < width; ++k) out[k] += value * w[k];
        });
    }

    // g += xᵀ d, with g of shape (columns, width).
    void add_transposed_product(int rows, const T *d, int width, T *g) const {
        for_each_value(rows, [=](int row, std::int32_t column, T value) {
            const T *in = d + std::ptrdiff_t(row) * width;
            T *out = g + std::ptrdiff_t(column) * width;
            for (int k = 0; k < width; ++k) out[k] += value * in[k];
        });
    }

  private:
    template <class Visit> void for_each_value(int rows, Visit visit) const {
        for (int row = 0; row < rows; ++row) {
            const std::int64_t number = numbers ? numbers[row] : first + row;
            const std::int64_t end = sparse->start_of_row[number + 1];
            for (std::int64_t j = sparse->start_of_row[number]; j < end; ++j)
                visit(row, sparse->column_of[j], sparse->values[j]);
        }
    }
};

} // namespace rosenblatt
