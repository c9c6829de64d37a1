import dataParquet from '@carl-ssl/data-parquet';
import { expect } from 'chai';
import type { CompressionCodec } from 'hyparquet';
import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer';
import sharp from 'sharp';
import * as zlib from 'node:zlib';
import { dataRefusal } from '../refusal.js';
import { readersOf, scratch } from './reader-support.js';

type SchemaElement = NonNullable<Parameters<typeof parquetWriteBuffer>[0]['schema']>[number];

const reader = readersOf(dataParquet);

describe('Parquet files', () => {
  const { write } = scratch();
  let image: Uint8Array;
  before(async () => {
    const made = sharp({ create: { width: 2, height: 2, channels: 3, background: { r: 7, g: 7, b: 7 } } });
    image = new Uint8Array(await made.png().toBuffer());
  });
  const read = (file: ArrayBuffer, options: object = {}) =>
    reader('parquet', { files: [write('t.parquet', new Uint8Array(file))], ...options }).read();
  const copy = (bytes: Uint8Array) => bytes;
  const columns = (): [ColumnSource, ColumnSource] => [
    { name: 'image', data: [image, image], type: 'BYTE_ARRAY' },
    { name: 'label', data: [0, 1], type: 'INT32' },
  ];
  const compressed = (codec: CompressionCodec) =>
    parquetWriteBuffer({ columnData: columns(), codec, compressors: { [codec]: copy } });

  it('with compressions that are not supported are named as such, with those that are', async () => {
    for (const codec of ['LZ4', 'LZ4_RAW', 'LZO'] as const)
      expect(await dataRefusal(read(compressed(codec)))).to.match(
        new RegExp(
          `t\\.parquet: the column "image" is compressed by ${codec}, which is not supported\\. Write the file again with snappy, gzip or brotli`,
        ),
      );
    if (!('zstdDecompressSync' in zlib))
      expect(await dataRefusal(read(compressed('ZSTD')))).to.match(
        /compressed by ZSTD, which is not supported\. Take Node\.js 22\.15 or later \(this is [\d.]+\), or write the file again with snappy/,
      );
  });

  it('may have such columns beside those that are read', async () => {
    const [first, label] = columns();
    const file = parquetWriteBuffer({
      columnData: [
        { ...first, codec: 'SNAPPY' },
        { ...label, codec: 'LZ4' },
      ],
      compressors: { LZ4: copy },
    });
    expect((await read(file)).length).to.equal(2);
    expect(await dataRefusal(read(file, { label: 'label' }))).to.contain('the column "label" is compressed by LZ4');
  });

  it('with lists as images or labels are named as such', async () => {
    const list = (name: string, type: SchemaElement['type']): SchemaElement[] => [
      { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', repetition_type: 'OPTIONAL', type },
    ];
    const schema: SchemaElement[] = [
      { name: 'root', num_children: 3 },
      ...list('image', 'BYTE_ARRAY'),
      { name: 'one', repetition_type: 'REQUIRED', type: 'BYTE_ARRAY' },
      ...list('label', 'INT32'),
    ];
    const columnData = [
      { name: 'image', data: [[image], [image, image]] },
      { name: 'one', data: [image, image] },
      { name: 'label', data: [[1, 2], [0]] },
    ];
    const file = parquetWriteBuffer({ schema, columnData });
    expect(await dataRefusal(read(file))).to.match(
      /t\.parquet: the column "image" has lists, which is not supported\. A row has one image/,
    );
    expect(await dataRefusal(read(file, { image: 'one', label: 'label' }))).to.contain(
      'the column "label" has lists, which is not supported. A row has one class number: set `label` to a column of integers',
    );
    expect((await read(file, { image: 'one' })).length).to.equal(2);
  });
});
