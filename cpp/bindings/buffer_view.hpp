// A typed view of a Python array by the buffer protocol, which costs a fraction of a conversion to a general
// array type.
#pragma once

#include <Python.h>

#include <cstdint>
#include <type_traits>

namespace rosenblatt::bindings {

enum class Access { read, write };

// RAII: holds the buffer for the length of a call.
template <class T> class BufferView {
  public:
    // Empty, with no Python error set, if `array` is not aligned, not in C order, not writable when it has to
    // be, or of another element type.
    BufferView(PyObject *array, Access access) {
        const int flags = PyBUF_FORMAT | PyBUF_C_CONTIGUOUS | (access == Access::write ? PyBUF_WRITABLE : 0);
        held_ = PyObject_GetBuffer(array, &view_, flags) == 0;
        if (!held_) PyErr_Clear();
    }
    ~BufferView() {
        if (held_) PyBuffer_Release(&view_);
    }
    BufferView(const BufferView &) = delete;
    BufferView &operator=(const BufferView &) = delete;

    explicit operator bool() const {
        return held_ && view_.itemsize == sizeof(T) && view_.format && view_.format[1] == '\0' &&
               is_format_of_t(view_.format[0]) &&
               reinterpret_cast<std::uintptr_t>(view_.buf) % alignof(T) == 0;
    }

    T *data() const { return static_cast<T *>(view_.buf); }
    int dimensions() const { return view_.ndim; }
    std::int64_t size(int dimension) const { return std::int64_t(view_.shape[dimension]); }

  private:
    // The struct module's format characters; platforms differ in whether 64 bits are a long or a long long.
    static bool is_format_of_t(char format) {
        if constexpr (std::is_same_v<T, float>) return format == 'f';
        if constexpr (std::is_same_v<T, double>) return format == 'd';
        if constexpr (std::is_same_v<T, std::int64_t>) return format == 'l' || format == 'q';
        if constexpr (std::is_same_v<T, std::uint8_t>) return format == 'B';
        return false;
    }

    Py_buffer view_;
    bool held_;
};

} // namespace rosenblatt::bindings
