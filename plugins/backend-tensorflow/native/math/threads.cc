#include "math/threads.h"
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace carl {
namespace {

// Number of times a thread polls before it sleeps or yields: a few microseconds, about the time between two operations.
constexpr int kPolls = 2000;

inline void pause() { __builtin_ia32_pause(); }

// Worker threads that live until the process exits. The pool is never destroyed, so that the exit does not wait for
// them.
class Pool {
 public:
  void run(int parts, const std::function<void(int)>& work) {
    while (workers_ < parts - 1) startWorker();
    {
      std::lock_guard<std::mutex> lock(mutex_);
      work_ = &work;
      parts_ = parts;
      pending_.store(parts - 1, std::memory_order_relaxed);
      round_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    work(0);
    for (int polls = 0; pending_.load(std::memory_order_acquire) > 0; polls++)
      polls < kPolls ? pause() : std::this_thread::yield();
  }

 private:
  void startWorker() {
    const int part = ++workers_;
    const int64_t round = round_.load(std::memory_order_relaxed);
    std::thread([this, part, round] { loop(part, round); }).detach();
  }

  // Runs one part of every round after `seen`.
  void loop(int part, int64_t seen) {
    for (;;) {
      for (int polls = 0; polls < kPolls && round_.load(std::memory_order_acquire) == seen; polls++) pause();
      const std::function<void(int)>* work;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return round_.load(std::memory_order_relaxed) != seen; });
        seen = round_.load(std::memory_order_relaxed);
        if (part >= parts_) continue;
        work = work_;
      }
      (*work)(part);
      pending_.fetch_sub(1, std::memory_order_release);
    }
  }

  int workers_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  const std::function<void(int)>* work_ = nullptr;
  int parts_ = 0;
  std::atomic<int64_t> round_{0};
  std::atomic<int> pending_{0};
};

int threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));

}  // namespace

void setThreadCount(int count) { threads = std::max(1, count); }

int threadCount() { return threads; }

void parallel(int parts, const std::function<void(int)>& work) {
  if (parts <= 1) return work(0);
  static std::mutex oneAtATime;
  static Pool* pool = new Pool();
  std::lock_guard<std::mutex> lock(oneAtATime);
  pool->run(parts, work);
}

}  // namespace carl
