// The calls from Python that are under way, and how they end when the interpreter does.
//
// A thread that asks for Python's lock once the interpreter has gone is ended where it stands, and in the
// midst of C++ that ends the process. So the interpreter, before it goes, has the calls of other threads end
// with the step in hand, waits for them, and sends away whoever calls afterwards.
#pragma once

#include <Python.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace rosenblatt {

// Is there as long as a call that lets go of Python's lock, or calls Python; made and gone under the lock.
class CallGuard {
  public:
    CallGuard() {
        ++calls_;
        ++own_calls_;
    }
    ~CallGuard() {
        --calls_;
        --own_calls_;
    }
    CallGuard(const CallGuard &) = delete;
    CallGuard &operator=(const CallGuard &) = delete;

    // Whether this thread's calls are to end; asked with the lock or without.
    static bool must_return() {
        return leaving_.load(std::memory_order_acquire) && std::this_thread::get_id() != last_;
    }

    // By the exception that ends a thread without a word.
    static void raise_system_exit() { PyErr_SetNone(PyExc_SystemExit); }

    // By the thread that ends the interpreter, whose own calls serve it to the last.
    static void finish_all() {
        last_ = std::this_thread::get_id();
        leaving_.store(true, std::memory_order_release);
        while (calls_ > own_calls_) {
            PyThreadState *const released = PyEval_SaveThread();
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            PyEval_RestoreThread(released);
        }
    }

    // A forked child has none of its parent's other threads.
    static void forget() { calls_ = own_calls_; }

  private:
    static inline std::atomic<bool> leaving_{false};
    static inline std::thread::id last_;
    static inline int calls_ = 0; // of all threads
    static inline thread_local int own_calls_ = 0;
};

} // namespace rosenblatt
