// Rows of learned tables for columns of codes: the layer that `network/category_embedding.py` specifies.
#pragma once

#include "pass.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace rosenblatt {

struct CategoryEmbeddingSpec {
    std::vector<int> columns, sizes, widths; // of each table
};

// A table within the flat vector. A step moves those rows alone that its batch has reached.
struct Table {
    std::size_t offset;
    int column, size, width;

    std::size_t n_parameters() const { return std::size_t(size) * std::size_t(width); }

    template <class T> std::size_t code(T x) const { return x >= 0 && x < T(size) ? std::size_t(x) : 0; }
    template <class T> std::size_t row(T x) const { return offset + code(x) * std::size_t(width); }
};

// y = [the other features | a row of each table] (theory N7). The gradient of the tables is zero but in the
// rows reached, where every block adds to it: see TouchedRows.
template <class T> struct CategoryEmbedding {
    static constexpr bool in_place = false;
    int n_inputs, n_outputs = 0;
    std::vector<int> others; // columns without codes
    std::vector<Table> tables;

    CategoryEmbedding(const CategoryEmbeddingSpec &spec, int inputs, std::size_t offset) : n_inputs(inputs) {
        const std::size_t n = spec.columns.size();
        if (spec.sizes.size() != n || spec.widths.size() != n)
            throw std::invalid_argument("tables take lists of one length");
        int next = 0;
        for (std::size_t k = 0; k < n; ++k) {
            const int column = spec.columns[k], size = spec.sizes[k], width = spec.widths[k];
            if (column < next || column >= inputs)
                throw std::invalid_argument("columns of codes increase, and there are as many");
            if (size < 1 || size > most_rows || width < 1 || width > most_columns)
                throw std::invalid_argument("a table has another number of rows or columns");
            for (; next < column; ++next) others.push_back(next);
            ++next;
            tables.push_back({offset, column, size, width});
            offset += tables.back().n_parameters();
            n_outputs += width;
            if (n_outputs > most_columns) throw std::length_error("the network is too large");
        }
        for (; next < inputs; ++next) others.push_back(next);
        n_outputs += int(others.size());
    }

    std::vector<ParameterRange> parameters() const {
        std::vector<ParameterRange> ranges;
        for (const Table &table : tables) ranges.push_back({table.offset, table.n_parameters(), false});
        return ranges;
    }

    // A row written out.
    std::size_t scratch_size(int) const { return std::size_t(n_inputs); }

    [[gnu::noinline]] void forward(const Pass<T> &pass, const Rows<T> &x, T *y) const {
        for (int row = 0; row < pass.rows; ++row) {
            const T *in = row_of(pass, x, row);
            for (const int column : others) *y++ = in[column];
            for (const Table &table : tables)
                y = std::copy_n(pass.theta + table.row(in[table.column]), table.width, y);
        }
    }

    [[gnu::noinline]] void backward(const Pass<T> &pass, const Rows<T> &x, const T *, T *dy, T *) const {
        for (int row = 0; row < pass.rows; ++row) {
            const T *in = row_of(pass, x, row);
            dy += others.size();
            for (const Table &table : tables) {
                T *g = pass.gradient + table.row(in[table.column]);
                for (int i = 0; i < table.width; ++i) g[i] += *dy++;
            }
        }
    }

  private:
    static constexpr int most_rows = 1 << 24, most_columns = 1 << 24;

    const T *row_of(const Pass<T> &pass, const Rows<T> &x, int row) const {
        if (!x.sparse) return x.dense + std::ptrdiff_t(row) * n_inputs;
        x.copy_row(row, n_inputs, pass.scratch);
        return pass.scratch;
    }
};

} // namespace rosenblatt
