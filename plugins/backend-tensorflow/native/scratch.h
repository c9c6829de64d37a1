// Memory for what is computed on the way.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>

namespace carl {

// Memory of at least the size that was last asked for.
class Scratch {
 public:
  float* get(int64_t size) {
    if (size > size_) {
      memory_.reset();
      memory_.reset(
          static_cast<float*>(std::aligned_alloc(64, static_cast<size_t>(size) * sizeof(float) / 64 * 64 + 64)));
      size_ = size;
    }
    return memory_.get();
  }

  // That of the calling thread.
  static Scratch& ofThread() {
    thread_local Scratch scratch;
    return scratch;
  }

 private:
  struct Free {
    void operator()(float* memory) const { std::free(memory); }
  };
  std::unique_ptr<float, Free> memory_;
  int64_t size_ = 0;
};

// Memory that all threads of one operation work on, and the right to use it.
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
