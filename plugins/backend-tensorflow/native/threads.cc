#include "threads.h"
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

namespace carl {
namespace {

// How often a thread looks for work before it sleeps: some microseconds, the time between two operations.
constexpr int kLooks = 2000;

inline void pause() { __builtin_ia32_pause(); }

// Threads that live as long as the process; it is never destroyed, so that nothing waits for them at its end.
class Pool {
 public:
  explicit Pool(int workers) {
    for (int i = 0; i < workers; i++) std::thread([this, i] { loop(i + 1); }).detach();
  }

  void run(int parts, const std::function<void(int)>& work) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      work_ = &work;
      parts_ = parts;
      pending_.store(parts - 1, std::memory_order_relaxed);
      round_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    work(0);
    for (int looks = 0; pending_.load(std::memory_order_acquire) > 0; looks++)
      looks < kLooks ? pause() : std::this_thread::yield();
  }

 private:
  void loop(int part) {
    for (int64_t seen = 0;;) {
      for (int looks = 0; looks < kLooks && round_.load(std::memory_order_acquire) == seen; looks++) pause();
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

  std::mutex mutex_;
  std::condition_variable wake_;
  const std::function<void(int)>* work_ = nullptr;
  int parts_ = 0;
  std::atomic<int64_t> round_{0};
  std::atomic<int> pending_{0};
};

}  // namespace

int threadCount() {
  static const int count = [] {
    const char* given = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int threads = given ? std::atoi(given) : 0;
    return threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  }();
  return count;
}

void parallel(int parts, const std::function<void(int)>& work) {
  if (parts <= 1) return work(0);
  static std::mutex oneAtATime;
  static Pool* pool = new Pool(threadCount() - 1);
  std::lock_guard<std::mutex> lock(oneAtATime);
  pool->run(parts, work);
}

}  // namespace carl
