// Aligned memory that is sized once and handed out in pieces.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>

namespace rosenblatt {

// std::bad_alloc with a message of its own; Python raises it as MemoryError.
class OutOfMemory : public std::bad_alloc {
  public:
    explicit OutOfMemory(double bytes) {
        std::snprintf(
            message_, sizeof message_,
            "the engine needs %.3g GiB for the rows that pass the network together, more than there "
            "are: take smaller batches or narrower layers",
            bytes / double(1 << 30));
    }
    const char *what() const noexcept override { return message_; }

  private:
    char message_[160];
};

// One zeroed allocation, aligned to cache lines; so are the pieces.
template <class T> class Arena {
  public:
    explicit Arena(std::size_t size) : size_(size), data_(allocated(size)) {
        std::fill(data_.get(), data_.get() + size, T(0));
    }

    T *data() const { return data_.get(); }

    T *take(std::size_t size) {
        T *taken = data_.get() + used_;
        used_ += padded(size);
        if (used_ > size_) throw std::logic_error("the arena was sized too small");
        return taken;
    }

    static std::size_t padded(std::size_t size) {
        constexpr std::size_t line = 64 / sizeof(T);
        return (size + line - 1) / line * line;
    }

  private:
    static T *allocated(std::size_t size) {
        void *const memory =
            size <= most ? ::operator new(size * sizeof(T), alignment, std::nothrow) : nullptr;
        if (!memory) throw OutOfMemory(double(size) * sizeof(T));
        return static_cast<T *>(memory);
    }

    // So many elements are counted in bytes without overflow.
    static constexpr std::size_t most = std::numeric_limits<std::size_t>::max() / sizeof(T) / 2;
    static constexpr std::align_val_t alignment{64};
    struct Free {
        void operator()(T *p) const { ::operator delete(p, alignment); }
    };
    std::size_t size_, used_ = 0;
    std::unique_ptr<T[], Free> data_;
};

} // namespace rosenblatt
