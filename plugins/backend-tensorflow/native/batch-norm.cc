// Batch normalisation with what commonly follows it, relu or the sum with a shortcut and relu, in two passes over memory
// forward and two backward. Everything is [rows, channels]; statistics are summed in float over some rows at a time and in
// double over these.
#include "batch-norm.h"
#include <algorithm>
#include <cmath>
#include <vector>
#include "operation.h"
#include "threads.h"
#include "vectors.h"

namespace carl {
namespace {

struct Settings {
  const float epsilon;
  const bool relu, add;
  explicit Settings(const Attributes& of) : epsilon(of.real("epsilon")), relu(of.flag("relu")), add(of.flag("add")) {}
};

// Rows that are summed in float before they are added in double.
constexpr int64_t kRows = 64;
// Below this many numbers a second thread is not worth waking.
constexpr int64_t kSmall = 1 << 15;
// Narrow rows are taken several at once, as one row of about this many numbers.
constexpr int64_t kWide = 64;

// [rows, channels] as rows of `width` = channels * fold numbers, and the rows that are left over.
struct Layout {
  int64_t rows, channels, fold;
  int64_t width() const { return channels * fold; }
};

Layout layoutOf(int64_t rows, int64_t channels) {
  return {rows, channels, std::max<int64_t>(1, kWide / channels)};
}

int partsFor(const Layout& at) { return at.rows * at.channels < kSmall ? 1 : threadCount(); }

// The rows of a part, cut where `fold` of them begin anew.
Range rowsOf(const Layout& at, int part, int parts) {
  Range groups = rangeOf((at.rows + at.fold - 1) / at.fold, part, parts);
  return {groups.begin * at.fold, std::min(groups.end * at.fold, at.rows)};
}

// Values per channel, repeated for folded rows.
std::vector<float> folded(const float* values, const Layout& at) {
  std::vector<float> all(static_cast<size_t>(at.width()));
  for (int64_t i = 0; i < at.width(); i++) all[i] = values[i % at.channels];
  return all;
}

// Adds up per channel what was summed per folded column.
void unfold(const std::vector<float>& sums, const Layout& at, double* totals) {
  for (int64_t i = 0; i < at.width(); i++) totals[i % at.channels] += sums[i];
}

INLINE Floats positive(Floats values, Floats when) {
  return reinterpret_cast<Floats>(reinterpret_cast<Bits>(values) & (when > 0));
}
INLINE float positive(float value, float when) { return when > 0 ? value : 0; }
// relu; what is no number stays none, so that a training that has failed is seen to.
INLINE Floats rectified(Floats values) {
  return reinterpret_cast<Floats>(reinterpret_cast<Bits>(values) & ~(values < 0));
}
INLINE float rectified(float value) { return value < 0 ? 0 : value; }

VECTORIZED void sumSquares(const float* x, int64_t rows, int64_t width, const float* shift, float* sum, float* square) {
  columns(
      width,
      [&](int64_t i) INLINE_LAMBDA {
        const Floats from = load(shift + i);
        Floats s = load(sum + i), q = load(square + i);
        for (const float *at = x + i, *end = at + rows * width; at < end; at += width) {
          const Floats d = load(at) - from;
          s += d;
          q += d * d;
        }
        store(sum + i, s);
        store(square + i, q);
      },
      [&](int64_t i) INLINE_LAMBDA {
        for (int64_t at = i; at < rows * width; at += width) {
          const float d = x[at] - shift[i];
          sum[i] += d;
          square[i] += d * d;
        }
      });
}

// What a kernel reads and writes for a run of rows, and per column.
struct Rows {
  int64_t rows, width;
  const float *mean, *factor, *offset;
};

template <bool relu, bool add>
INLINE void applied(const Rows& at, const float* x, const float* shortcut, float* y) {
  const auto values = [&](auto in, auto mean, auto factor, auto offset, auto added) INLINE_LAMBDA {
    auto value = (in - mean) * factor + offset;
    if (add) value += added;
    return relu ? rectified(value) : value;
  };
  for (int64_t row = 0; row < at.rows; row++, x += at.width, y += at.width, shortcut += add ? at.width : 0)
    columns(
        at.width,
        [&](int64_t i) INLINE_LAMBDA {
          store(y + i, values(load(x + i), load(at.mean + i), load(at.factor + i), load(at.offset + i),
                              add ? load(shortcut + i) : Floats{}));
        },
        [&](int64_t i) INLINE_LAMBDA {
          y[i] = values(x[i], at.mean[i], at.factor[i], at.offset[i], add ? shortcut[i] : 0.0f);
        });
}

VECTORIZED void apply(const Rows& at, const float* x, const float* shortcut, bool relu, float* y) {
  if (shortcut) return applied<true, true>(at, x, shortcut, y);
  if (relu) return applied<true, false>(at, x, nullptr, y);
  applied<false, false>(at, x, nullptr, y);
}

// How the gradient of the output reaches the normalised values: as it is, where these were above zero, or where the
// output, the sum with a shortcut, was.
enum class Through { all, positive, output };

template <Through through>
INLINE void gradientSums(const Rows& at, const float* dy, const float* x, const float* y, float* sum, float* along,
                         float* kept) {
  const auto reaching = [](auto gradient, auto centred, auto factor, auto offset, auto output) INLINE_LAMBDA {
    if (through == Through::all) return gradient;
    return positive(gradient, through == Through::output ? output : centred * factor + offset);
  };
  const int64_t end = at.rows * at.width;
  columns(
      at.width,
      [&](int64_t i) INLINE_LAMBDA {
        const Floats mean = load(at.mean + i), factor = load(at.factor + i), offset = load(at.offset + i);
        Floats s = load(sum + i), a = load(along + i);
        for (int64_t j = i; j < end; j += at.width) {
          const Floats centred = load(x + j) - mean;
          const Floats output = through == Through::output ? load(y + j) : Floats{};
          const Floats g = reaching(load(dy + j), centred, factor, offset, output);
          if (through == Through::output) store(kept + j, g);
          s += g;
          a += g * centred;
        }
        store(sum + i, s);
        store(along + i, a);
      },
      [&](int64_t i) INLINE_LAMBDA {
        for (int64_t j = i; j < end; j += at.width) {
          const float centred = x[j] - at.mean[i];
          const float output = through == Through::output ? y[j] : 0;
          const float g = reaching(dy[j], centred, at.factor[i], at.offset[i], output);
          if (through == Through::output) kept[j] = g;
          sum[i] += g;
          along[i] += g * centred;
        }
      });
}

// Sums g and g (x - mean), g what reaches the normalised values; with a shortcut g is its gradient and is kept.
VECTORIZED void sumGradients(const Rows& at, const float* dy, const float* x, const float* y, bool relu, float* sum,
                             float* along, float* kept) {
  if (kept) return gradientSums<Through::output>(at, dy, x, y, sum, along, kept);
  if (relu) return gradientSums<Through::positive>(at, dy, x, y, sum, along, kept);
  gradientSums<Through::all>(at, dy, x, y, sum, along, kept);
}

template <bool relu>
INLINE void gradients(const Rows& at, const float* dy, const float* x, const float* average, const float* slope,
                      float* dx) {
  const auto values = [](auto gradient, auto centred, auto factor, auto offset, auto average,
                         auto slope) INLINE_LAMBDA {
    const auto g = relu ? positive(gradient, centred * factor + offset) : gradient;
    return (g - average) * factor - centred * slope;
  };
  for (int64_t row = 0; row < at.rows; row++, dy += at.width, x += at.width, dx += at.width)
    columns(
        at.width,
        [&](int64_t i) INLINE_LAMBDA {
          store(dx + i, values(load(dy + i), load(x + i) - load(at.mean + i), load(at.factor + i), load(at.offset + i),
                               load(average + i), load(slope + i)));
        },
        [&](int64_t i) INLINE_LAMBDA {
          dx[i] = values(dy[i], x[i] - at.mean[i], at.factor[i], at.offset[i], average[i], slope[i]);
        });
}

// dx = factor (g - mean(g)) - (x - mean) slope.
VECTORIZED void gradient(const Rows& at, const float* dy, const float* x, const float* average, const float* slope,
                         bool relu, float* dx) {
  if (relu) return gradients<true>(at, dy, x, average, slope, dx);
  gradients<false>(at, dy, x, average, slope, dx);
}

// Two sums per channel.
struct Sums {
  std::vector<double> first, second;
  explicit Sums(int64_t channels) : first(channels, 0.0), second(channels, 0.0) {}
};

// Cuts the rows among the threads, and those of a thread into blocks; `block` adds to two rows of sums.
// A block may be narrower than the layout: rows that are left over are taken one by one.
template <typename Block>
Sums summed(const Layout& at, const Block& block) {
  const int parts = partsFor(at);
  std::vector<Sums> each(parts, Sums(at.channels));
  parallel(parts, [&](int part) {
    const Range range = rowsOf(at, part, parts);
    const int64_t step = kRows * at.fold;
    std::vector<float> sum(at.width()), other(at.width());
    for (int64_t row = range.begin; row < range.end; row += step) {
      const int64_t rows = std::min(step, range.end - row), whole = rows / at.fold, left = rows % at.fold;
      std::fill(sum.begin(), sum.end(), 0.0f);
      std::fill(other.begin(), other.end(), 0.0f);
      if (whole) block(row, whole, at.width(), sum.data(), other.data());
      if (left) block(row + whole * at.fold, left, at.channels, sum.data(), other.data());
      unfold(sum, at, each[part].first.data());
      unfold(other, at, each[part].second.data());
    }
  });
  for (int part = 1; part < parts; part++)
    for (int64_t c = 0; c < at.channels; c++) {
      each[0].first[c] += each[part].first[c];
      each[0].second[c] += each[part].second[c];
    }
  return std::move(each[0]);
}

// Runs `rows(begin, count, width)` over all rows.
template <typename Rows>
void everyRow(const Layout& at, const Rows& rows) {
  const int parts = partsFor(at);
  parallel(parts, [&](int part) {
    const Range range = rowsOf(at, part, parts);
    const int64_t whole = (range.end - range.begin) / at.fold, left = (range.end - range.begin) % at.fold;
    if (whole) rows(range.begin, whole, at.width());
    if (left) rows(range.begin + whole * at.fold, left, at.channels);
  });
}

// Mean and biased variance per channel, summed around the mean of the first rows so that nothing cancels.
void statistics(const float* x, const Layout& at, float* mean, float* variance) {
  const int64_t some = std::min<int64_t>(at.rows, kRows);
  std::vector<float> shift(at.channels, 0.0f);
  for (int64_t row = 0; row < some; row++)
    for (int64_t c = 0; c < at.channels; c++) shift[c] += x[row * at.channels + c] / some;
  const std::vector<float> shifts = folded(shift.data(), at);
  const Sums sums = summed(at, [&](int64_t row, int64_t rows, int64_t width, float* sum, float* square) {
    sumSquares(x + row * at.channels, rows, width, shifts.data(), sum, square);
  });
  for (int64_t c = 0; c < at.channels; c++) {
    const double d = sums.first[c] / at.rows;
    mean[c] = static_cast<float>(shift[c] + d);
    variance[c] = static_cast<float>(std::max(0.0, sums.second[c] / at.rows - d * d));
  }
}

std::vector<float> factors(const float* scale, const float* variance, float epsilon, int64_t channels) {
  std::vector<float> all(channels);
  for (int64_t c = 0; c < channels; c++) all[c] = static_cast<float>(scale[c] / std::sqrt(double(variance[c]) + epsilon));
  return all;
}

// Inputs x [..., C], scale [C], offset [C], shortcut as x or anything; outputs y as x, mean [C], variance [C].
void forward(void* kernel, TF_OpKernelContext* context) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  Run run(context);
  const Array x = run.input(0), scale = run.input(1), offset = run.input(2), shortcut = run.input(3);
  if (!run.ok()) return;
  const std::vector<int64_t> shape = x.shape();
  const int64_t channels = shape.back();
  const Array y = run.output(0, shape), mean = run.output(1, {channels}), variance = run.output(2, {channels});
  if (!run.ok()) return;
  const Layout at = layoutOf(sizeOf(shape) / channels, channels);
  statistics(x.data(), at, mean.data(), variance.data());
  const std::vector<float> means = folded(mean.data(), at), offsets = folded(offset.data(), at);
  const std::vector<float> factor = folded(factors(scale.data(), variance.data(), settings.epsilon, channels).data(), at);
  everyRow(at, [&](int64_t row, int64_t rows, int64_t width) {
    const int64_t start = row * channels;
    apply({rows, width, means.data(), factor.data(), offsets.data()}, x.data() + start,
          settings.add ? shortcut.data() + start : nullptr, settings.relu, y.data() + start);
  });
}

// Inputs dy, x, y (read with a shortcut only), scale, offset, mean, variance; outputs dx, dscale, doffset, dshortcut
// (empty without a shortcut).
void backward(void* kernel, TF_OpKernelContext* context) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  Run run(context);
  const Array dy = run.input(0), x = run.input(1), y = run.input(2), scale = run.input(3), offset = run.input(4);
  const Array mean = run.input(5), variance = run.input(6);
  if (!run.ok()) return;
  const std::vector<int64_t> shape = x.shape(), none = {0};
  const int64_t channels = shape.back();
  const Array dx = run.output(0, shape), dScale = run.output(1, {channels}), dOffset = run.output(2, {channels});
  const Array dShortcut = run.output(3, settings.add ? shape : none);
  if (!run.ok()) return;
  const Layout at = layoutOf(sizeOf(shape) / channels, channels);
  const std::vector<float> means = folded(mean.data(), at), offsets = folded(offset.data(), at);
  const std::vector<float> factor = factors(scale.data(), variance.data(), settings.epsilon, channels);
  const std::vector<float> wide = folded(factor.data(), at);
  const bool masked = settings.relu && !settings.add;
  float* kept = settings.add ? dShortcut.data() : nullptr;
  const Sums sums = summed(at, [&](int64_t row, int64_t rows, int64_t width, float* sum, float* along) {
    const int64_t start = row * channels;
    sumGradients({rows, width, means.data(), wide.data(), offsets.data()}, dy.data() + start, x.data() + start,
                 y.data() + start, masked, sum, along, kept ? kept + start : nullptr);
  });
  std::vector<float> average(channels), slope(channels);
  for (int64_t c = 0; c < channels; c++) {
    const double inverse = 1 / std::sqrt(double(variance.data()[c]) + settings.epsilon);
    dOffset.data()[c] = static_cast<float>(sums.first[c]);
    dScale.data()[c] = static_cast<float>(sums.second[c] * inverse);
    average[c] = static_cast<float>(sums.first[c] / at.rows);
    slope[c] = static_cast<float>(factor[c] * inverse * inverse * sums.second[c] / at.rows);
  }
  const std::vector<float> averages = folded(average.data(), at), slopes = folded(slope.data(), at);
  const float* reaching = kept ? kept : dy.data();
  everyRow(at, [&](int64_t row, int64_t rows, int64_t width) {
    const int64_t start = row * channels;
    gradient({rows, width, means.data(), wide.data(), offsets.data()}, reaching + start, x.data() + start,
             averages.data(), slopes.data(), masked, dx.data() + start);
  });
}

}  // namespace

bool registerBatchNorm() {
  const std::vector<const char*> attributes = {"epsilon: float", "relu: bool", "add: bool"};
  return registerOperation<Settings>({"CarlBatchNorm",
                            {"x: float", "scale: float", "offset: float", "shortcut: float"},
                            {"y: float", "mean: float", "variance: float"},
                            attributes,
                            forward}) &&
         registerOperation<Settings>({"CarlBatchNormGrad",
                            {"dy: float", "x: float", "y: float", "scale: float", "offset: float", "mean: float",
                             "variance: float"},
                            {"dx: float", "d_scale: float", "d_offset: float", "d_shortcut: float"},
                            attributes,
                            backward});
}

}  // namespace carl
