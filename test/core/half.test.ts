import { fromHalf, toHalf } from '@carl-ssl/core';
import { expect } from 'chai';

describe('float16', () => {
  it('gives back every number that it has', () => {
    const bits = Uint16Array.from({ length: 0x10000 }, (_, i) => i).filter(
      one => (one & 0x7c00) !== 0x7c00 || (one & 0x3ff) === 0,
    );
    expect(toHalf(fromHalf(bits))).to.deep.equal(bits);
    expect(fromHalf(toHalf(Float32Array.of(NaN)))[0]).to.be.NaN;
  });

  it('rounds to the nearest number, ties to even, for normal and subnormal numbers', () => {
    for (const first of [0x0001, 0x03fe, 0x03ff, 0x0400, 0x3c00, 0x3c01, 0x7bfe]) {
      const [low, high] = fromHalf(Uint16Array.of(first, first + 1));
      const middle = (low + high) / 2;
      const near = (high - low) / 1024;
      const even = first % 2 === 0 ? first : first + 1;
      const found = toHalf(Float32Array.of(middle, -middle, middle - near, middle + near));
      expect([...found], first.toString(16)).to.deep.equal([even, even | 0x8000, first, first + 1]);
    }
  });

  it('makes numbers from 65520 infinite, and those up to 2^-25 zero', () => {
    const values = Float32Array.of(65504, 65519.99, 65520, -1e30, Infinity, 2 ** -25, 2 ** -25 * 1.001, 1e-30);
    expect([...toHalf(values)]).to.deep.equal([0x7bff, 0x7bff, 0x7c00, 0xfc00, 0x7c00, 0, 1, 0]);
  });
});
