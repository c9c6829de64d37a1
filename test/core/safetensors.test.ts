import { CarlError, decodeSafetensors, encodeSafetensors, type StoredTensor } from '@carl-ssl/core';
import { expect } from 'chai';
import fc from 'fast-check';

const f32 = (shape: number[], values: number[]): StoredTensor => ({
  dtype: 'F32',
  shape,
  data: Float32Array.from(values),
});
const i32 = (shape: number[], values: number[]): StoredTensor => ({
  dtype: 'I32',
  shape,
  data: Int32Array.from(values),
});

/** A file with a header as given and this much data. */
function fileOf(header: unknown, data: ArrayBufferView = new Uint8Array(0)): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}

const refusal = (bytes: Uint8Array): string => {
  try {
    decodeSafetensors(bytes, 'weights.safetensors');
  } catch (error) {
    expect(error).to.be.instanceOf(CarlError);
    expect((error as CarlError).code).to.equal('INPUT_FILE');
    expect((error as CarlError).message).to.include('weights.safetensors');
    return (error as CarlError).message;
  }
  throw new Error('was accepted');
};

const one = (dtype: string, data: ArrayBufferView, length: number): StoredTensor =>
  decodeSafetensors(fileOf({ x: { dtype, shape: [length], data_offsets: [0, data.byteLength] } }, data), 'x').tensors.x;

const anyTensor: fc.Arbitrary<StoredTensor> = fc
  .tuple(fc.boolean(), fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }))
  .chain(([whole, shape]): fc.Arbitrary<StoredTensor> => {
    const size = shape.reduce((a, b) => a * b, 1);
    const exactly = { minLength: size, maxLength: size };
    return whole
      ? fc.int32Array(exactly).map(data => ({ dtype: 'I32' as const, shape, data }))
      : fc.float32Array(exactly).map(data => ({ dtype: 'F32' as const, shape, data }));
  });
const anyTensors = fc.dictionary(fc.string({ unit: 'grapheme' }), anyTensor, { maxKeys: 6 });

describe('safetensors', () => {
  it('gives back what was written, for any names, shapes, values and metadata', () => {
    fc.assert(
      fc.property(anyTensors, fc.dictionary(fc.string(), fc.string()), (tensors, metadata) => {
        fc.pre(!Object.hasOwn(tensors, '__metadata__'));
        const read = decodeSafetensors(encodeSafetensors(tensors, metadata), 'x');
        expect(Object.entries(read.metadata)).to.have.deep.members(Object.entries(metadata));
        expect(Object.entries(read.tensors)).to.have.deep.members(Object.entries(tensors));
      }),
      { numRuns: 200 },
    );
  });

  it('lays a file out as the format says, byte by byte', () => {
    const bytes = Buffer.from(encodeSafetensors({ b: i32([], [7]), a: f32([1, 2], [1, -2]) }, { z: '1', k: 'v' }));
    const header =
      '{"__metadata__":{"k":"v","z":"1"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"b":{"dtype":"I32","shape":[],"data_offsets":[8,12]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    expect(Number(bytes.readBigUInt64LE())).to.equal(padded.length);
    expect(bytes.subarray(8, 8 + padded.length).toString()).to.equal(padded);
    expect(bytes.subarray(8 + padded.length).toString('hex')).to.equal('0000803f000000c007000000');
  });

  it('writes the same bytes for the same tensors in another order', () => {
    const [a, b] = [f32([2], [1, 2]), i32([1], [3])];
    expect(encodeSafetensors({ a, b }, { x: '1', y: '2' })).to.deep.equal(
      encodeSafetensors({ b, a }, { y: '2', x: '1' }),
    );
  });

  it('reads data at an address that is not a multiple of 4', () => {
    const file = encodeSafetensors({ a: f32([3], [1, 2, 3]) });
    const shifted = new Uint8Array(file.length + 1);
    shifted.set(file, 1);
    expect(decodeSafetensors(shifted.subarray(1), 'x').tensors.a.data).to.deep.equal(Float32Array.of(1, 2, 3));
  });

  it('reads a Buffer, which may be a window on other data, into arrays of their own', () => {
    const file = Buffer.from(encodeSafetensors({ a: f32([2], [1, 2]), b: i32([1], [3]) }));
    const { a, b } = decodeSafetensors(file, 'x').tensors;
    file.fill(0);
    expect(a.data).to.deep.equal(Float32Array.of(1, 2));
    expect(b.data).to.deep.equal(Int32Array.of(3));
  });

  it('converts the other number formats', () => {
    const half = Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400, 0x3555, 0x7c00, 0xfc00, 0x8000);
    const halves = [1, -2, 65504, 2 ** -24, 2 ** -14, 0.333251953125, Infinity, -Infinity, -0];
    expect([...one('F16', half, 9).data]).to.deep.equal(halves);
    expect(one('F16', Uint16Array.of(0x7e00), 1).data[0]).to.be.NaN;
    expect([...one('BF16', Uint16Array.of(0x3f80, 0xc049, 0xff80), 3).data]).to.deep.equal([1, -3.140625, -Infinity]);
    expect([...one('F64', Float64Array.of(0.1, -Infinity), 2).data]).to.deep.equal([Math.fround(0.1), -Infinity]);
    expect([...one('I64', BigInt64Array.of(-5n, 2147483647n), 2).data]).to.deep.equal([-5, 2147483647]);
    expect([...one('U8', Uint8Array.of(255, 0), 2).data]).to.deep.equal([255, 0]);
    expect([...one('I8', Uint8Array.of(255), 1).data]).to.deep.equal([-1]);
    expect([...one('I16', Int16Array.of(-300), 1).data]).to.deep.equal([-300]);
  });

  it('refuses numbers that would change', () => {
    const wide = { x: { dtype: 'I64', shape: [2], data_offsets: [0, 16] } };
    expect(refusal(fileOf(wide, BigInt64Array.of(1n, 2n ** 31n)))).to.match(/value 1 of tensor "x" is 2147483648/);
    const large = { x: { dtype: 'F64', shape: [1], data_offsets: [0, 8] } };
    expect(refusal(fileOf(large, Float64Array.of(1e300)))).to.include('1e+300');
  });

  it('refuses every truncation and every extension', () => {
    const whole = encodeSafetensors(
      { a: f32([2, 3], [1, 2, 3, 4, 5, 6]), empty: f32([0], []), z: i32([1], [1]) },
      { k: 'v' },
    );
    for (let length = 0; length < whole.length; length++) refusal(whole.subarray(0, length));
    refusal(Buffer.concat([whole, Buffer.alloc(1)]));
  });

  it('reads or refuses files with damaged bytes, without any other error', () => {
    const whole = encodeSafetensors({ a: f32([2], [1, 2]), b: i32([1], [1]) }, { k: 'v' });
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (place, value) => {
        const damaged = Uint8Array.from(whole).fill(value, place, place + 1);
        try {
          decodeSafetensors(damaged, 'x');
        } catch (error) {
          expect(CarlError.is(error), String(error)).to.equal(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  const entry = (over: object): object => ({ x: { dtype: 'F32', shape: [1], data_offsets: [0, 4], ...over } });
  const four = new Uint8Array(4);
  const broken: [string, Uint8Array, RegExp][] = [
    [
      'a header longer than the file',
      Buffer.from([9, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d]),
      /claims 9 bytes, the file has 2/,
    ],
    ['a header of 2^63 bytes', Buffer.from([0, 0, 0, 0, 0, 0, 0, 0x80, 0x7b, 0x7d]), /at most 100000000/],
    ['no JSON', fileOf('{"x":', four), /not JSON/],
    ['bytes that are not UTF-8', fileOf('{}').fill(0xff, 9), /not JSON/],
    ['a list as header', fileOf('[]'), /must be a JSON object/],
    ['a space before the header', fileOf(' {}'), /must be a JSON object/],
    [
      'a name twice',
      fileOf(
        '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
        four,
      ),
      /name twice/,
    ],
    [
      'a field twice',
      fileOf('{"x":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', four),
      /name twice/,
    ],
    ['an unknown dtype', fileOf(entry({ dtype: 'F8_E4M3' }), four), /F8_E4M3.*supported are F32, F64/],
    ['a dtype that is a property of every object', fileOf(entry({ dtype: 'constructor' }), four), /constructor/],
    ['a negative length', fileOf(entry({ shape: [-1] }), four), /shape \[-1\]/],
    ['a broken length', fileOf(entry({ shape: [0.5] }), four), /shape \[0.5\]/],
    ['a size beyond all numbers', fileOf(entry({ shape: [2 ** 52, 2 ** 52, 2 ** 52] }), four), /needs/],
    ['offsets in the wrong order', fileOf(entry({ data_offsets: [4, 0] }), four), /begin <= end/],
    ['offsets that do not fit the shape', fileOf(entry({ shape: [2] }), four), /needs 8 bytes .* and has 4/],
    ['offsets beyond the file', fileOf(entry({ shape: [2], data_offsets: [0, 8] }), four), /end at byte 8 .* has 4/],
    ['a gap', fileOf(entry({ data_offsets: [4, 8] }), new Uint8Array(8)), /begins at byte 4 .* expected 0/],
    [
      'an overlap',
      fileOf({ ...entry({}), y: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, four),
      /"y" begins at byte 0/,
    ],
    ['metadata that is not text', fileOf({ __metadata__: { a: 1 } }), /__metadata__/],
  ];
  for (const [what, bytes, message] of broken)
    it(`refuses ${what}`, () => void expect(refusal(bytes)).to.match(message));

  it('does not write a tensor whose shape and values disagree', () => {
    expect(() => encodeSafetensors({ a: f32([2], [1]) })).to.throw(CarlError, /"a" has shape \[2\] and 1 values/);
  });
});
