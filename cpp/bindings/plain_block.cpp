// The compiled module of the room for tables.
#include "../table/plain_block.hpp"
#include "arrays.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace rosenblatt::bindings {
namespace {

using namespace rosenblatt::table;

struct Columns {
    std::vector<PlainColumn> read;
    std::size_t room;

    template <class T> bool add(nb::handle column, Kind kind) {
        Out1<T> numbers;
        if (!nb::try_cast(column, numbers, false)) return false;
        require_aligned(numbers);
        room = std::min(room, numbers.shape(0));
        read.push_back({kind, numbers.data()});
        return true;
    }

    void add(nb::handle column) {
        if (column.is_none())
            read.push_back({Kind::text, nullptr});
        else
            require(add<std::int32_t>(column, Kind::int32) || add<std::int64_t>(column, Kind::int64) ||
                        add<double>(column, Kind::float64),
                    "a column is no array of numbers");
    }
};

// (number of rows, of each column (number of empty fields, buffers in the layout of Apache Arrow)); None
// where a field is not plain, or a row has another length. A column is an array for its numbers, or None if
// it holds text. Nothing is read if there are more rows than an array has room for.
nb::object parse(nb::bytes block, char delimiter, nb::sequence columns) {
    const std::string_view data(block.c_str(), block.size());
    if (!PlainBlock::may_read(data, delimiter)) return nb::none();
    Columns all{{}, data.size()};
    for (nb::handle column : columns) all.add(column);
    std::int64_t n_rows;
    {
        nb::gil_scoped_release others;
        n_rows = PlainBlock(data, delimiter, all.read, all.room).read();
    }
    if (n_rows < 0) return nb::none();
    nb::list listed;
    for (std::size_t k = 0; k < all.read.size(); ++k) {
        const PlainColumn &column = all.read[k];
        nb::list buffers;
        if (column.n_empty == 0)
            buffers.append(nb::none());
        else
            buffers.append(nb::bytes(column.filled.data(), std::size_t(n_rows + 7) / 8));
        if (column.kind == Kind::text) {
            buffers.append(nb::bytes(column.ends.data(), column.ends.size() * sizeof(column.ends[0])));
            buffers.append(nb::bytes(column.text.data(), column.text.size()));
        } else {
            buffers.append(columns[k]);
        }
        listed.append(nb::make_tuple(column.n_empty, buffers));
    }
    return nb::make_tuple(n_rows, listed);
}

} // namespace
} // namespace rosenblatt::bindings

NB_MODULE(_plain_block, m) {
    using namespace nanobind::literals;
    m.doc() = "rosenblatt's parser of plain numbers";
    m.def("parse", &rosenblatt::bindings::parse, "block"_a, "delimiter"_a, "columns"_a);
}
