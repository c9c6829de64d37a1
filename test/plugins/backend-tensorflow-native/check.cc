#include "check.h"
#include <algorithm>
#include <cstdio>
#include <random>
#include "math/threads.h"

namespace check {
namespace {

struct Test {
  const char* name;
  void (*run)();
};

std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}

// Number of failures whose message is printed.
constexpr long kPrinted = 20;

long comparisons = 0, failures = 0;
std::string configuration;

}  // namespace

Registration::Registration(const char* name, void (*run)()) { tests().push_back({name, run}); }

void expect(bool holds, const std::string& message) {
  comparisons++;
  if (holds) return;
  if (++failures <= kPrinted) std::printf("  FAILED %s%s\n", message.c_str(), configuration.c_str());
}

void expectClose(const std::string& name, const Array& actual, const Reference& expected, double tolerance,
                 double terms) {
  if (actual.size() != expected.size()) return expect(false, name + ": " + std::to_string(actual.size()) + " values");
  double scale = std::max(terms, 1e-30), worst = 0;
  size_t at = 0;
  for (double value : expected) scale = std::max(scale, std::fabs(value));
  for (size_t i = 0; i < actual.size(); i++) {
    const double error = std::fabs(actual[i] - expected[i]) / scale;
    // NaN compares as false, so it counts as the worst error.
    if (error <= worst) continue;
    worst = std::isnan(error) ? INFINITY : error;
    at = i;
  }
  if (worst <= tolerance) return expect(true, "");
  const std::string values = text(actual[at]) + " is not " + text(expected[at]);
  expect(false, name + ": value " + std::to_string(at) + ", " + values + ", relative error " + text(worst));
}

std::string text(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.9g", value);
  return buffer;
}

std::string text(const std::vector<int64_t>& sizes) {
  std::string all;
  for (int64_t size : sizes) all += (all.empty() ? "" : "x") + std::to_string(size);
  return all;
}

Array randomArray(int64_t size, unsigned seed, float deviation, float mean) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> distribution(mean, deviation);
  Array values(static_cast<size_t>(size));
  for (float& value : values) value = distribution(generator);
  return values;
}

Bf16Array bf16Of(const Array& values) {
  Bf16Array all(values.size());
  for (size_t i = 0; i < values.size(); i++) carl::put(&all[i], values[i]);
  return all;
}

Array floatsOf(const Bf16Array& values) {
  Array all(values.size());
  for (size_t i = 0; i < values.size(); i++) all[i] = carl::number(values[i]);
  return all;
}

void forEachConfiguration(const std::function<void()>& work) {
  for (int threads : {1, 2, 5}) {
    carl::setThreadCount(threads);
    configuration = " with " + std::to_string(threads) + " threads";
    work();
  }
  configuration = "";
}

}  // namespace check

// Runs all tests. Exits with 1 if a comparison failed.
int main() {
  using namespace check;
  for (const Test& test : tests()) {
    const long comparisonsBefore = comparisons, failuresBefore = failures;
    test.run();
    std::printf("%s %s: %ld comparisons\n", failures > failuresBefore ? "FAILED" : "ok", test.name,
                comparisons - comparisonsBefore);
    std::fflush(stdout);
  }
  std::printf("%ld comparisons, %ld failed\n", comparisons, failures);
  return failures == 0 ? 0 : 1;
}
