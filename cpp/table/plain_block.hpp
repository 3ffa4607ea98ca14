// A block of rows whose fields are plain numbers, empty, or text without quotation marks, as columns.
#pragma once

#include "plain_numbers.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace rosenblatt::table {

enum class Kind { int32, int64, float64, text };

// A column in the layout of Apache Arrow.
struct PlainColumn {
    Kind kind;
    void *numbers;                      // null for text
    std::vector<std::int32_t> ends{0};  // where texts end, behind a 0
    std::string text = {};              // all of them, one behind the other
    std::vector<std::uint8_t> filled{}; // a bit for each row; empty while no field is
    std::int64_t n_empty = 0;

    template <class T> void set(std::size_t row, T value) { static_cast<T *>(numbers)[row] = value; }
    void set_empty(std::size_t row, std::size_t most_rows) {
        if (filled.empty()) filled.assign((most_rows + 7) / 8, 0xff);
        filled[row / 8] &= std::uint8_t(~(1u << (row % 8)));
        ++n_empty;
    }
};

// Reads rows into columns that have room for so many of them.
class PlainBlock {
  public:
    // Whether the delimiter is none of the bytes that numbers and line ends have, and places fit into 32
    // bits.
    static bool may_read(std::string_view data, char delimiter) {
        return !std::strchr("0123456789+-.eE\r\n", delimiter) &&
               data.size() <= std::size_t(std::numeric_limits<std::int32_t>::max());
    }

    PlainBlock(std::string_view data, char separator, std::vector<PlainColumn> &into, std::size_t room)
        : at(data.data()), end(at + data.size()), most_rows(room), delimiter(separator), columns(into) {}

    // The number of rows; -1 where anything else stands in the block than this class reads, or more rows than
    // there is room for. Blank lines of several columns are no rows.
    std::int64_t read() {
        if (at == end || end[-1] != '\n' || columns.empty()) return -1; // so that a line feed ends all loops
        std::size_t row = 0;
        while (at != end) {
            if (take_line_end()) {
                if (columns.size() == 1) return -1;
                continue;
            }
            if (row == most_rows) return -1;
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

    // The end of the field at hand. It is found before the field is read, so that the processor goes on with
    // the next one while it converts this one.
    const char *field_end() const {
        const char *stop = at;
#ifdef __SSE2__
        for (; end - stop >= 16; stop += 16) {
            const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(stop));
            const __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(delimiter)),
                                              _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')),
                                                           _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r'))));
            if (const int found = _mm_movemask_epi8(ends)) return stop + std::countr_zero(unsigned(found));
        }
#endif
        while (*stop != delimiter && *stop != '\n' && *stop != '\r') ++stop;
        return stop;
    }

    bool take_field(PlainColumn &column, std::size_t row) {
        const char *first = at;
        at = field_end();
        if (first == at) column.set_empty(row, most_rows);
        switch (column.kind) {
        case Kind::int32:
            return take_whole<std::int32_t>(first, column, row);
        case Kind::int64:
            return take_whole<std::int64_t>(first, column, row);
        case Kind::float64: {
            double value = 0;
            const bool is_plain = first == at || (take_number(first, end, value) && first == at);
            column.set(row, value);
            return is_plain;
        }
        case Kind::text:
            column.text.append(first, at);
            column.ends.push_back(std::int32_t(column.text.size()));
            return true;
        }
        return false;
    }

    template <class T> bool take_whole(const char *first, PlainColumn &column, std::size_t row) {
        std::int64_t value = 0;
        const bool is_plain = first == at || (take_whole_number(first, end, value) && first == at);
        column.set(row, T(value));
        return is_plain && value == T(value);
    }
};

} // namespace rosenblatt::table
