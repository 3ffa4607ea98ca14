// The compiled module of the room for tables.
#include "../table/plain_block.hpp"

#include <nanobind/nanobind.h>

#include <string_view>
#include <vector>

namespace rosenblatt::bindings {
namespace {

namespace nb = nanobind;
using namespace nb::literals;
using namespace rosenblatt::table;

nb::object bits_of(const PlainColumn &column) {
    if (column.filled.empty()) return nb::none();
    return nb::bytes(column.filled.data(), column.filled.size());
}

// (number of rows, of each column (number of empty fields, buffers in the layout of Apache Arrow)); None
// where a field is not plain, or a row has another length.
nb::object parse(nb::bytes block, char delimiter, nb::bytes kinds) {
    const std::string_view data(block.c_str(), block.size());
    if (!PlainBlock::may_read(data, delimiter)) return nb::none();
    const std::size_t room = PlainBlock::count_rows(data);
    std::vector<nb::bytes> values;
    std::vector<PlainColumn> columns;
    for (const char code : std::string_view(kinds.c_str(), kinds.size())) {
        const Kind kind{code};
        // Made for the columns, and filled before anything else has them: nothing is copied.
        PyObject *made = PyBytes_FromStringAndSize(nullptr, Py_ssize_t((room + 1) * width_of(kind)));
        if (!made) throw nb::python_error();
        values.push_back(nb::steal<nb::bytes>(made));
        columns.push_back({kind, PyBytes_AsString(made), {}, {}});
        columns.back().set(0, std::int32_t(0));
    }
    std::int64_t n_rows;
    {
        nb::gil_scoped_release others;
        n_rows = PlainBlock(data, delimiter, columns).read();
    }
    if (n_rows < 0) return nb::none();
    nb::list listed;
    for (std::size_t k = 0; k < columns.size(); ++k) {
        const PlainColumn &column = columns[k];
        nb::list buffers;
        buffers.append(bits_of(column));
        buffers.append(values[k]);
        if (column.kind == Kind::text) buffers.append(nb::bytes(column.text.data(), column.text.size()));
        listed.append(nb::make_tuple(column.n_empty, buffers));
    }
    return nb::make_tuple(n_rows, listed);
}

} // namespace
} // namespace rosenblatt::bindings

NB_MODULE(_plain_block, m) {
    using namespace nanobind::literals;
    m.doc() = "rosenblatt's parser of plain numbers";
    m.def("parse", &rosenblatt::bindings::parse, "block"_a, "delimiter"_a, "kinds"_a);
}
