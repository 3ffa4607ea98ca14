// Calls from Python in progress, and their end at interpreter shutdown.
//
// A thread that takes the GIL after the interpreter has finalised is terminated on the spot, which within C++
// aborts the process. At shutdown we therefore let the calls of other threads end after their current step,
// wait for them, and refuse calls that come later.
#pragma once

#include <nanobind/nanobind.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace rosenblatt::bindings {

// RAII guard held for the duration of a call that releases the GIL or calls Python; constructed and destroyed
// with the GIL held.
class CallGuard {
  public:
    // Refuses the call of a thread that outlives the interpreter.
    CallGuard() {
        if (must_return()) {
            raise_system_exit();
            throw nanobind::python_error();
        }
        ++calls_;
        ++own_calls_;
    }
    ~CallGuard() {
        --calls_;
        --own_calls_;
    }
    CallGuard(const CallGuard &) = delete;
    CallGuard &operator=(const CallGuard &) = delete;

    // Whether this thread's calls have to end; needs no GIL.
    static bool must_return() {
        return finishing_.load(std::memory_order_acquire) && std::this_thread::get_id() != last_;
    }

    // The exception that ends a thread silently.
    static void raise_system_exit() { PyErr_SetNone(PyExc_SystemExit); }

    // Called by the thread that finalises the interpreter; its own calls go on being served.
    static void finish_all() {
        last_ = std::this_thread::get_id();
        finishing_.store(true, std::memory_order_release);
        while (calls_ > own_calls_) {
            PyThreadState *const released = PyEval_SaveThread();
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            PyEval_RestoreThread(released);
        }
    }

    // A forked child has none of its parent's other threads.
    static void reset_after_fork() { calls_ = own_calls_; }

  private:
    static inline std::atomic<bool> finishing_{false};
    static inline std::thread::id last_;
    static inline int calls_ = 0; // of all threads
    static inline thread_local int own_calls_ = 0;
};

} // namespace rosenblatt::bindings
