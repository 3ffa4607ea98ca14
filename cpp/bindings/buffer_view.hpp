// What a Python array lends for the length of a call: its memory and its shape, by the buffer protocol
// itself, which costs a fraction of a conversion to a general array type.
#pragma once

#include <Python.h>

#include <cstdint>
#include <type_traits>

namespace rosenblatt {

enum class Access { read, write };

template <class T> class BufferView {
  public:
    // Lends nothing, and leaves no error behind, where `array` is not aligned, not in C order, not to be
    // written to or of another type of number.
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
               is_letter(view_.format[0]) && reinterpret_cast<std::uintptr_t>(view_.buf) % alignof(T) == 0;
    }

    T *data() const { return static_cast<T *>(view_.buf); }
    int dimensions() const { return view_.ndim; }
    std::int64_t size(int dimension) const { return std::int64_t(view_.shape[dimension]); }

  private:
    // Of the struct module; platforms differ in whether 64 bits are a long or a long long.
    static bool is_letter(char letter) {
        if constexpr (std::is_same_v<T, float>) return letter == 'f';
        if constexpr (std::is_same_v<T, double>) return letter == 'd';
        if constexpr (std::is_same_v<T, std::int64_t>) return letter == 'l' || letter == 'q';
        return false;
    }

    Py_buffer view_;
    bool held_;
};

} // namespace rosenblatt
