// A small test harness: registered tests, comparisons that count failures, random arrays, and a loop over
// configurations.
#pragma once
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>
#include "math/bf16.h"

namespace check {

using Array = std::vector<float>;
using Bf16Array = std::vector<carl::Bf16>;
using Reference = std::vector<double>;

// A tolerance for results that are stored in bf16.
constexpr double kBf16Tolerance = 4e-3;

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

// Expects every value within `tolerance` of its reference, relative to the largest magnitude of the reference, or to
// that of the terms of which it is a difference, if they are given.
void expectClose(const std::string& name, const Array& actual, const Reference& expected, double tolerance,
                 double terms = 0);

std::string text(double value);

// Returns sizes as text, for example 3x4.
std::string text(const std::vector<int64_t>& sizes);

// Returns normally distributed values that depend only on the arguments.
Array randomArray(int64_t size, unsigned seed, float deviation = 1, float mean = 0);

// Rounds values to bf16, and returns values in bf16 as floats.
Bf16Array bf16Of(const Array& values);
Array floatsOf(const Bf16Array& values);
inline const Array& floatsOf(const Array& values) { return values; }

// Calls work() for several numbers of threads.
void forEachConfiguration(const std::function<void()>& work);

}  // namespace check
