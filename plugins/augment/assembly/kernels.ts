// cspell:ignore andnot bitselect
/**
 * Kernels for images of three channels, in AssemblyScript: 128-bit vectors of four float32 values. `npm run kernels` translates
 * this file to `src/vectors/module.ts`. All arguments that are not numbers are addresses. Kernels read and write up to four
 * values beyond the end of an image; the caller leaves room.
 *
 * Each kernel has a form in JavaScript with the same result up to rounding to float32, which the tests compare it with.
 */

/** Bytes of a pixel of three float32 values. */
const PIXEL: usize = 12;
/** Bytes of four pixels. */
const FOUR: usize = 48;

/** Filter along the width, [height, width, 3] -> [height, output, 3]; one weight applies to all channels of a pixel. */
export function filterRows(
  source: usize, width: i32, height: i32,
  output: i32, taps: i32, starts: usize, counts: usize, weights: usize,
  target: usize,
): void {
  for (let y = 0; y < height; y++) {
    const row = source + <usize>(y * width) * PIXEL;
    for (let x = 0; x < output; x++) {
      const first = load<i32>(starts + (<usize>x << 2));
      const count = load<i32>(counts + (<usize>x << 2));
      let pixel = row + <usize>first * PIXEL;
      let weight = weights + (<usize>(x * taps) << 2);
      const end = weight + (<usize>count << 2);
      let sum = f32x4.splat(0);
      for (; weight < end; weight += 4, pixel += PIXEL)
        sum = f32x4.add(sum, f32x4.mul(v128.load(pixel), v128.load32_splat(weight)));
      // The fourth value belongs to the next pixel, which overwrites it.
      v128.store(target, sum);
      target += PIXEL;
    }
  }
}

/** The same for pixels of three bytes; the weights are divided by 255, so that level 255 becomes 1. */
export function filterByteRows(
  source: usize, width: i32, height: i32,
  output: i32, taps: i32, starts: usize, counts: usize, weights: usize,
  target: usize,
): void {
  for (let y = 0; y < height; y++) {
    const row = source + <usize>(y * width) * 3;
    for (let x = 0; x < output; x++) {
      const first = load<i32>(starts + (<usize>x << 2));
      const count = load<i32>(counts + (<usize>x << 2));
      let pixel = row + <usize>first * 3;
      let weight = weights + (<usize>(x * taps) << 2);
      const end = weight + (<usize>count << 2);
      let sum = f32x4.splat(0);
      for (; weight < end; weight += 4, pixel += 3) {
        const levels = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(pixel)));
        sum = f32x4.add(sum, f32x4.mul(f32x4.convert_i32x4_u(levels), v128.load32_splat(weight)));
      }
      v128.store(target, sum);
      target += PIXEL;
    }
  }
}

/** Filter along the height over rows of `length` values: [height, length] -> [output, length]. `length` is rounded up to 16. */
export function filterColumns(
  source: usize, length: i32,
  output: i32, taps: i32, starts: usize, counts: usize, weights: usize,
  target: usize,
): void {
  const stride = <usize>length << 2;
  for (let y = 0; y < output; y++) {
    const first = load<i32>(starts + (<usize>y << 2));
    const begin = weights + (<usize>(y * taps) << 2);
    const end = begin + (<usize>load<i32>(counts + (<usize>y << 2)) << 2);
    const column = source + <usize>first * stride;
    for (let offset: usize = 0; offset < stride; offset += 64) {
      let a = f32x4.splat(0);
      let b = f32x4.splat(0);
      let c = f32x4.splat(0);
      let d = f32x4.splat(0);
      let from = column + offset;
      for (let weight = begin; weight < end; weight += 4, from += stride) {
        const w = v128.load32_splat(weight);
        a = f32x4.add(a, f32x4.mul(v128.load(from), w));
        b = f32x4.add(b, f32x4.mul(v128.load(from, 16), w));
        c = f32x4.add(c, f32x4.mul(v128.load(from, 32), w));
        d = f32x4.add(d, f32x4.mul(v128.load(from, 48), w));
      }
      // The last values of a row may be those of the next one, which overwrites them.
      v128.store(target + offset, a);
      v128.store(target + offset, b, 16);
      v128.store(target + offset, c, 32);
      v128.store(target + offset, d, 48);
    }
    target += stride;
  }
}

// @ts-ignore: decorators are part of AssemblyScript
@inline
function clamp01(x: v128): v128 {
  return f32x4.min(f32x4.max(x, f32x4.splat(0)), f32x4.splat(1));
}

/** clamp01(factor x + offset) in place, over `count` values. */
export function scale(data: usize, count: i32, factor: f32, offset: f32): void {
  const f = f32x4.splat(factor);
  const o = f32x4.splat(offset);
  for (const end = data + (<usize>count << 2); data < end; data += 16)
    v128.store(data, clamp01(f32x4.add(f32x4.mul(f, v128.load(data)), o)));
}

/** (x - mean) / std of each channel in place, over `pixels`; `statistics` has mean and std of four pixels: 12 values each. */
export function normalize(data: usize, pixels: i32, statistics: usize): void {
  for (const end = data + <usize>pixels * PIXEL; data < end; data += FOUR)
    for (let i: usize = 0; i < FOUR; i += 16) {
      const centred = f32x4.sub(v128.load(data + i), v128.load(statistics + i));
      v128.store(data + i, f32x4.div(centred, v128.load(statistics + i, 48)));
    }
}

/** Mirrors each row left to right: [height, width, 3]. */
export function mirror(source: usize, width: i32, height: i32, target: usize): void {
  for (let y = 0; y < height; y++) {
    let pixel = source + <usize>((y + 1) * width) * PIXEL;
    for (let x = 0; x < width; x++) {
      pixel -= PIXEL;
      v128.store(target, v128.load(pixel));
      target += PIXEL;
    }
  }
}

// Channels of four pixels, which lie in three vectors: a = r0 g0 b0 r1, b = g1 b1 r2 g2, c = b2 r3 g3 b3.

// @ts-ignore: decorators are part of AssemblyScript
@inline
function redOf(a: v128, b: v128, c: v128): v128 {
  return v128.shuffle<f32>(v128.shuffle<f32>(a, b, 0, 3, 6, 6), c, 0, 1, 2, 5);
}

// @ts-ignore: decorators are part of AssemblyScript
@inline
function greenOf(a: v128, b: v128, c: v128): v128 {
  return v128.shuffle<f32>(v128.shuffle<f32>(a, b, 1, 4, 7, 7), c, 0, 1, 2, 6);
}

// @ts-ignore: decorators are part of AssemblyScript
@inline
function blueOf(a: v128, b: v128, c: v128): v128 {
  return v128.shuffle<f32>(v128.shuffle<f32>(a, b, 2, 5, 5, 5), c, 0, 1, 4, 7);
}

// @ts-ignore: decorators are part of AssemblyScript
@inline
function storePixels(data: usize, red: v128, green: v128, blue: v128): void {
  v128.store(data, v128.shuffle<f32>(v128.shuffle<f32>(red, green, 0, 4, 1, 1), blue, 0, 1, 4, 2));
  v128.store(data, v128.shuffle<f32>(v128.shuffle<f32>(green, red, 1, 6, 2, 2), blue, 0, 5, 1, 2), 16);
  v128.store(data, v128.shuffle<f32>(v128.shuffle<f32>(blue, red, 2, 7, 3, 3), green, 0, 1, 7, 2), 32);
}

// @ts-ignore: decorators are part of AssemblyScript
@inline
function grayOf(red: v128, green: v128, blue: v128): v128 {
  const sum = f32x4.add(f32x4.mul(red, f32x4.splat(0.2989)), f32x4.mul(green, f32x4.splat(0.587)));
  return f32x4.add(sum, f32x4.mul(blue, f32x4.splat(0.114)));
}

// @ts-ignore: decorators are part of AssemblyScript
@inline
function grayAt(data: usize): v128 {
  const a = v128.load(data);
  const b = v128.load(data, 16);
  const c = v128.load(data, 32);
  return grayOf(redOf(a, b, c), greenOf(a, b, c), blueOf(a, b, c));
}

/** Sum of the greys of `pixels`; those of the last vector beyond the end do not count. */
export function sumGray(data: usize, pixels: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const whole = pixels & ~3;
  for (const end = data + <usize>whole * PIXEL; data < end; data += FOUR) {
    const gray = grayAt(data);
    low = f64x2.add(low, f64x2.promote_low_f32x4(gray));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(gray, gray, 2, 3, 2, 3)));
  }
  const both = f64x2.add(low, high);
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (let i = whole; i < pixels; i++, data += PIXEL)
    sum += <f64>(load<f32>(data) * <f32>0.2989 + load<f32>(data, 4) * <f32>0.587 + load<f32>(data, 8) * <f32>0.114);
  return sum;
}

/** clamp01(factor x + (1 - factor) grey) in place. */
export function saturate(data: usize, pixels: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  const rest = f32x4.splat(1 - factor);
  for (const end = data + <usize>pixels * PIXEL; data < end; data += FOUR) {
    const gray = f32x4.mul(rest, grayAt(data));
    const a = v128.load(data);
    const b = v128.load(data, 16);
    const c = v128.load(data, 32);
    storePixels(
      data,
      clamp01(f32x4.add(f32x4.mul(f, redOf(a, b, c)), gray)),
      clamp01(f32x4.add(f32x4.mul(f, greenOf(a, b, c)), gray)),
      clamp01(f32x4.add(f32x4.mul(f, blueOf(a, b, c)), gray)),
    );
  }
}

/** Grey in all three channels, in place. */
export function gray(data: usize, pixels: i32): void {
  for (const end = data + <usize>pixels * PIXEL; data < end; data += FOUR) {
    const gray = grayAt(data);
    storePixels(data, gray, gray, gray);
  }
}

/** Shifts the hue by a fraction of the colour circle, in place; saturation and value of HSV stay. */
export function shiftHue(data: usize, pixels: i32, shift: f32): void {
  for (const end = data + <usize>pixels * PIXEL; data < end; data += FOUR) {
    const a = v128.load(data);
    const b = v128.load(data, 16);
    const c = v128.load(data, 32);
    const red = redOf(a, b, c);
    const green = greenOf(a, b, c);
    const blue = blueOf(a, b, c);
    const high = f32x4.max(red, f32x4.max(green, blue));
    const range = f32x4.sub(high, f32x4.min(red, f32x4.min(green, blue)));
    const isGray = f32x4.eq(range, f32x4.splat(0));
    // A range of 1 in place of 0, whose result is not used.
    const divisor = v128.bitselect(f32x4.splat(1), range, isGray);
    const fromRed = f32x4.div(f32x4.sub(green, blue), divisor);
    const fromGreen = f32x4.add(f32x4.splat(2), f32x4.div(f32x4.sub(blue, red), divisor));
    const fromBlue = f32x4.add(f32x4.splat(4), f32x4.div(f32x4.sub(red, green), divisor));
    const other = v128.bitselect(fromGreen, fromBlue, f32x4.eq(high, green));
    const hue = v128.andnot(v128.bitselect(fromRed, other, f32x4.eq(high, red)), isGray);
    const shifted = turned(hue, shift);
    storePixels(
      data,
      channel(5, shifted, high, range),
      channel(3, shifted, high, range),
      channel(1, shifted, high, range),
    );
  }
}

// @ts-ignore: decorators are part of AssemblyScript
@inline
/** A hue in sixths of the circle (red is 0, green 2, blue 4) after a shift by a fraction of the circle, in [0, 6). */
function turned(hue: v128, shift: f32): v128 {
  const fraction = f32x4.add(f32x4.div(hue, f32x4.splat(6)), f32x4.splat(shift));
  const sixths = f32x4.mul(f32x4.sub(fraction, f32x4.floor(fraction)), f32x4.splat(6));
  return v128.and(sixths, f32x4.lt(sixths, f32x4.splat(6)));
}

// @ts-ignore: decorators are part of AssemblyScript
@inline
/** high - range clamp01(min(k, 4 - k)) with k = (offset + hue) mod 6; the offset is 5 for red, 3 for green and 1 for blue. */
function channel(offset: f32, hue: v128, high: v128, range: v128): v128 {
  const sum = f32x4.add(hue, f32x4.splat(offset));
  const six = f32x4.splat(6);
  const k = f32x4.sub(sum, v128.and(six, f32x4.ge(sum, six)));
  const fall = clamp01(f32x4.min(k, f32x4.sub(f32x4.splat(4), k)));
  const value = clamp01(f32x4.sub(high, f32x4.mul(range, fall)));
  return v128.bitselect(high, value, f32x4.eq(fall, f32x4.splat(0)));
}
