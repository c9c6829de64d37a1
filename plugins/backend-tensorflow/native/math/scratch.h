// Reusable memory for intermediate results.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#ifdef __SANITIZE_ADDRESS__
#include <algorithm>
#include <limits>
#include <sanitizer/asan_interface.h>
#endif

namespace carl {

// A buffer that grows on demand.
class Scratch {
 public:
  // Returns memory for `size` floats, aligned to a cache line and not initialised. The next call invalidates it.
  float* get(int64_t size) {
    if (size > size_) {
      memory_.reset();
      memory_.reset(static_cast<float*>(std::aligned_alloc(64, bytesOf(size))));
      size_ = size;
    }
    expose(size);
    return memory_.get();
  }

  // Returns the buffer of the calling thread.
  static Scratch& ofThread() {
    thread_local Scratch scratch;
    return scratch;
  }

 private:
  static size_t bytesOf(int64_t size) { return static_cast<size_t>(size) * sizeof(float) / 64 * 64 + 64; }

  // Under AddressSanitizer, reports any access beyond `size`, and fills the memory with NaN so that a read of an
  // uninitialised value shows in the result.
  void expose(int64_t size) {
#ifdef __SANITIZE_ADDRESS__
    if (!memory_) return;
    __asan_poison_memory_region(memory_.get(), bytesOf(size_));
    __asan_unpoison_memory_region(memory_.get(), static_cast<size_t>(size) * sizeof(float));
    std::fill(memory_.get(), memory_.get() + size, std::numeric_limits<float>::quiet_NaN());
#else
    (void)size;
#endif
  }

  struct Free {
    void operator()(float* memory) const { std::free(memory); }
  };
  std::unique_ptr<float, Free> memory_;
  int64_t size_ = 0;
};

// A buffer that all threads of one operation share. While an object of this class exists, no other operation can use
// the buffer.
class SharedScratch {
 public:
  float* get(int64_t size) { return memory().get(size); }

 private:
  static Scratch& memory() {
    static Scratch scratch;
    return scratch;
  }
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }
  std::lock_guard<std::mutex> lock_{mutex()};
};

}  // namespace carl
