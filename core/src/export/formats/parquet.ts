import { blocksOfTable, type TableRows, type TableWriter, type VectorTable } from './table.js';

/** Rows of a group, which are in memory at once. */
const GROUP_ROWS = 10_000;

type Values = readonly unknown[] | Int32Array | Float32Array;

interface Column {
  readonly name: string;
  readonly type: 'STRING' | 'INT32' | 'FLOAT';
  /** True for a list of values in each row. */
  readonly list?: boolean;
  /** Values of a block of rows. */
  readonly values: (rows: TableRows, from: number, count: number) => Values;
}

/** An Apache Parquet file. The vectors are a column of lists of 32-bit floats, as pandas, Polars and Hugging Face read them. */
export const writeParquet: TableWriter = async (table, file) => {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const columns = columnsOf(table);
  const writer = new ByteWriter();
  const drain = async (): Promise<void> => {
    await file.append(writer.getBytes().slice());
    writer.index = 0;
  };
  const schema = [{ name: 'root', num_children: columns.length }, ...columns.flatMap(schemaOf)];
  const parquet = new ParquetWriter({ writer, schema, createdBy: 'carl' });
  for await (const { from, count, ...rows } of blocksOfTable(table, GROUP_ROWS)) {
    const columnData = columns.map(({ name, values }) => ({
      name,
      data: values(rows, from, count) as unknown[],
      nullable: false,
    }));
    await parquet.write({ columnData, rowGroupSize: count });
    await drain();
  }
  await parquet.finish();
  await drain();
};

function columnsOf(table: VectorTable): readonly Column[] {
  const { label, classes, sets, dim, column } = table;
  const each = <T>(from: number, count: number, value: (index: number) => T) =>
    Array.from({ length: count }, (_, i) => value(from + i));
  const listed = sets > 1;
  const own = (values: Int32Array | Float32Array) => (listed ? split(values, sets) : values);
  return [
    { name: 'name', type: 'STRING', values: (_, from, count) => each(from, count, i => table.name(i)) },
    ...(label
      ? [
          {
            name: 'label',
            type: 'INT32',
            values: (_, from, count) => Int32Array.from(each(from, count, label)),
          } as Column,
        ]
      : []),
    ...(label && classes
      ? [
          {
            name: 'class',
            type: 'STRING',
            values: (_, from, count) => each(from, count, i => classes[label(i)]),
          } as Column,
        ]
      : []),
    ...(sets > 0
      ? ([
          { name: 'prototype', type: 'INT32', list: listed, values: ({ prototypes }) => own(prototypes) },
          { name: 'probability', type: 'FLOAT', list: listed, values: ({ probabilities }) => own(probabilities) },
        ] satisfies Column[])
      : []),
    { name: column, type: 'FLOAT', list: true, values: ({ vectors }) => split(vectors, dim) },
  ];
}

function split(values: Int32Array | Float32Array, width: number): readonly (readonly number[])[] {
  return Array.from({ length: values.length / width }, (_, i) =>
    Array.from(values.subarray(i * width, (i + 1) * width)),
  );
}

function schemaOf({ name, type, list }: Column) {
  const required = { repetition_type: 'REQUIRED' } as const;
  const value = type === 'STRING' ? ({ type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const) : ({ type } as const);
  if (!list) return [{ name, ...value, ...required }];
  return [
    { name, ...required, converted_type: 'LIST' as const, num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED' as const, num_children: 1 },
    { name: 'element', ...value, ...required },
  ];
}
