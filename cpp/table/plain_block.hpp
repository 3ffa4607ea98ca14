// A block of rows whose fields are plain numbers, empty, or text without quotation marks, as columns.
#pragma once

#include "plain_numbers.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace rosenblatt::table {

enum class Kind : char { int32 = 'i', int64 = 'l', float64 = 'd', text = 's' };

inline std::size_t width_of(Kind kind) { return kind == Kind::int64 || kind == Kind::float64 ? 8 : 4; }

// A column in the layout of Apache Arrow.
struct PlainColumn {
    Kind kind;
    char *values;                     // for text: where each one ends, behind a 0
    std::string text;                 // all texts, one behind the other
    std::vector<std::uint8_t> filled; // a bit for each row; empty while no field is
    std::int64_t n_empty = 0;

    template <class T> void set(std::size_t row, T value) {
        std::memcpy(values + row * sizeof(T), &value, sizeof(T));
    }
    void set_empty(std::size_t row, std::size_t most_rows) {
        if (filled.empty()) filled.assign((most_rows + 7) / 8, 0xff);
        filled[row / 8] &= std::uint8_t(~(1u << (row % 8)));
        ++n_empty;
    }
};

// Reads rows into columns that have room for as many as there are line feeds.
class PlainBlock {
  public:
    // Whether the delimiter is none of the bytes that numbers and line ends have, and places fit into 32
    // bits.
    static bool may_read(std::string_view data, char delimiter) {
        return !std::strchr("0123456789+-.eE\r\n", delimiter) &&
               data.size() <= std::size_t(std::numeric_limits<std::int32_t>::max());
    }

    PlainBlock(std::string_view data, char separator, std::vector<PlainColumn> &into)
        : at(data.data()), end(at + data.size()), most_rows(count_rows(data)), delimiter(separator),
          columns(into) {}

    static std::size_t count_rows(std::string_view data) {
        return std::size_t(std::count(data.begin(), data.end(), '\n'));
    }

    // The number of rows; -1 where anything else stands in the block than this class reads. Blank lines of
    // several columns are no rows.
    std::int64_t read() {
        if (at == end || end[-1] != '\n' || columns.empty()) return -1; // so that a line feed ends all loops
        std::size_t row = 0;
        while (at != end) {
            if (take_line_end()) {
                if (columns.size() == 1) return -1;
                continue;
            }
            for (std::size_t k = 0; k < columns.size(); ++k) {
                if (k > 0) {
                    if (*at != delimiter) return -1;
                    ++at;
                }
                if (!take_field(columns[k], row)) return -1;
            }
            if (!take_line_end()) return -1;
            ++row;
        }
        return std::int64_t(row);
    }

  private:
    const char *at, *end;
    std::size_t most_rows;
    char delimiter;
    std::vector<PlainColumn> &columns;

    bool take_line_end() {
        if (*at == '\r' && at[1] == '\n') ++at; // a carriage return is never the last byte
        if (*at != '\n') return false;
        ++at;
        return true;
    }

    bool ends_here() const { return *at == delimiter || *at == '\n' || *at == '\r'; }

    bool take_field(PlainColumn &column, std::size_t row) {
        if (column.kind == Kind::text) return take_text(column, row);
        if (ends_here()) {
            column.set_empty(row, most_rows);
            if (width_of(column.kind) == 8)
                column.set(row, std::int64_t(0));
            else
                column.set(row, std::int32_t(0));
            return true;
        }
        if (column.kind == Kind::float64) {
            double value;
            if (!take_number(at, end, value)) return false;
            column.set(row, value);
            return true;
        }
        std::int64_t value;
        if (!take_whole_number(at, end, value)) return false;
        if (column.kind == Kind::int64) {
            column.set(row, value);
            return true;
        }
        column.set(row, std::int32_t(value));
        return value == std::int32_t(value);
    }

    bool take_text(PlainColumn &column, std::size_t row) {
        const char *start = at;
        while (!ends_here()) ++at;
        if (at == start) column.set_empty(row, most_rows);
        column.text.append(start, at);
        column.set(row + 1, std::int32_t(column.text.size()));
        return true;
    }
};

} // namespace rosenblatt::table
