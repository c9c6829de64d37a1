#include "math/threads.h"
#include <algorithm>
#include <atomic>
#include <thread>
#include "check.h"
#include "math/scratch.h"

using namespace carl;
using namespace check;

TEST(ranges, "ranges of parts") {
  for (int64_t count = 0; count < 40; count++)
    for (int parts = 1; parts < 9; parts++) {
      int64_t end = 0;
      for (int part = 0; part < parts; part++) {
        const Range range = rangeOf(count, part, parts);
        expect(range.begin == end && range.end >= range.begin, "a range begins at the end of the one before");
        expect(range.end - range.begin <= count / parts + 1, "a range is no longer than an even share");
        end = range.end;
      }
      expect(end == count, "the ranges cover all items");
    }
}

TEST(partCount, "number of parts") {
  setThreadCount(4);
  const int64_t items[] = {0, 1, 3, 4, 5, 1000};
  const int expected[] = {1, 1, 3, 4, 4, 4};
  for (int i = 0; i < 6; i++) expect(partsOf(items[i]) == expected[i], "parts of " + std::to_string(items[i]));
  setThreadCount(0);
  expect(threadCount() == 1, "at least one thread");
}

TEST(everyPart, "parallel loops run every part once") {
  for (int round = 0; round < 500; round++) {
    const int parts = 1 + round * 7 % 6;
    setThreadCount(parts);
    std::vector<std::atomic<int>> runs(parts);
    std::atomic<bool> onCaller{false};
    const std::thread::id caller = std::this_thread::get_id();
    parallel(parts, [&](int part) {
      runs[part]++;
      if (part == 0) onCaller = std::this_thread::get_id() == caller;
    });
    expect(onCaller, "the caller runs part 0");
    for (int part = 0; part < parts; part++)
      expect(runs[part] == 1, "part " + std::to_string(part) + " of " + std::to_string(parts) + " runs once");
  }
}

TEST(concurrentCallers, "parallel loops of several callers") {
  setThreadCount(3);
  std::atomic<int64_t> sum{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 3; caller++)
    callers.emplace_back([&] {
      for (int round = 0; round < 200; round++) parallel(3, [&](int part) { sum += part + 1; });
    });
  for (std::thread& caller : callers) caller.join();
  expect(sum == 3 * 200 * 6, "all parts of all callers run");
}

TEST(scratchMemory, "scratch memory") {
  Scratch scratch;
  for (int64_t size : {1, 15, 16, 17, 1000, 64, 1001}) {
    float* memory = scratch.get(size);
    expect(reinterpret_cast<uintptr_t>(memory) % 64 == 0, "aligned to a cache line");
    for (int64_t i = 0; i < size; i++) memory[i] = static_cast<float>(i);
    expect(memory[size - 1] == static_cast<float>(size - 1), "writable up to its size");
  }
  float* here = Scratch::ofThread().get(8);
  float* there = nullptr;
  std::thread([&] { there = Scratch::ofThread().get(8); }).join();
  expect(here != there, "each thread has memory of its own");
}
