// A small test harness: registered tests, comparisons that count failures, random arrays, and a loop over
// configurations.
#pragma once
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace check {

using Array = std::vector<float>;
using Reference = std::vector<double>;

struct Registration {
  Registration(const char* name, void (*run)());
};

// Defines and registers a test.
#define TEST(function, name)                                    \
  static void function();                                       \
  static const check::Registration function##_(name, function); \
  static void function()

// Counts a comparison. Prints the message of a failed one, up to a limit.
void expect(bool holds, const std::string& message);

// Expects every value within `tolerance` of its reference, relative to the largest magnitude of the reference, or to that
// of the terms of which it is a difference, if they are given.
void expectClose(const std::string& name, const Array& actual, const Reference& expected, double tolerance,
                 double terms = 0);

std::string text(double value);

// Returns sizes as text, for example 3x4.
std::string text(const std::vector<int64_t>& sizes);

// Returns normally distributed values that depend only on the arguments.
Array randomArray(int64_t size, unsigned seed, float deviation = 1, float mean = 0);

// Calls work() for several numbers of threads.
void forEachConfiguration(const std::function<void()>& work);

}  // namespace check
