import { GrowingCurve, MetricsTail } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import fc from 'fast-check';
import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { temporaryFolder } from '../e2e/tiny.js';

describe('a growing curve', () => {
  const curveOf = (values: readonly number[]): GrowingCurve => {
    const curve = new GrowingCurve();
    values.forEach((value, i) => curve.add(i + 1, value));
    return curve;
  };

  it('keeps every value up to 200, then means over stretches of equal length', () => {
    expect(curveOf([1, 2, NaN, 4]).points()).to.deep.equal([
      { step: 1, value: 1 },
      { step: 2, value: 2 },
      { step: 4, value: 4 },
    ]);
    const points = curveOf(Array.from({ length: 1003 }, (_, i) => i)).points();
    expect(points).to.have.lengthOf(126);
    expect(points.slice(0, 2)).to.deep.equal([
      { step: 8, value: 3.5 },
      { step: 16, value: 11.5 },
    ]);
    expect(points.at(-1)).to.deep.equal({ step: 1003, value: 1001 });
  });

  it('has at most 200 points, ends at the last step and lies within its values', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer(), (count, start) => {
        const values = Array.from({ length: count }, (_, i) => Math.sin(start + i));
        const points = curveOf(values).points();
        expect(points.length).to.be.within(Math.min(count, 100), 200);
        expect(points.at(-1)!.step).to.equal(count);
        for (const { value } of points) expect(Math.abs(value)).to.be.at.most(1);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the tail of a file of metrics', () => {
  const folder = temporaryFolder();

  /** Values that each reading gives; `restart` where it begins anew. */
  function reader(name: string): () => Promise<readonly unknown[]> {
    const tail = new MetricsTail(folder.within(name));
    return async () => {
      const found: unknown[] = [];
      await tail.read({ restart: () => found.push('restart'), line: value => found.push(value) });
      return found;
    };
  }

  it('has only new lines, and a line that is being written once it is complete', async () => {
    const file = folder.within('growing');
    writeFileSync(file, '1\n2\n3');
    const read = reader('growing');
    expect(await read()).to.deep.equal([1, 2]);
    expect(await read()).to.deep.equal([]);
    appendFileSync(file, '4\n"é');
    expect(await read()).to.deep.equal([34]);
    appendFileSync(file, '"\n');
    expect(await read()).to.deep.equal(['é']);
  });

  it('is read again from the beginning if the file was cut or replaced', async () => {
    const file = folder.within('cut');
    writeFileSync(file, '1\n2\n3\n');
    const read = reader('cut');
    await read();
    truncateSync(file, 2);
    expect(await read()).to.deep.equal(['restart', 1]);
    writeFileSync(file, '7\n8\n');
    expect(await read()).to.deep.equal(['restart', 7, 8]);
  });

  it('reads files of many pieces, and names a damaged line', async () => {
    const file = folder.within('long');
    const values = Array.from({ length: 200_000 }, (_, i) => i);
    writeFileSync(file, values.map(value => `${value}             \n`).join(''));
    const read = reader('long');
    expect(await read()).to.deep.equal(values);
    appendFileSync(file, '1\n{"a":\n');
    const error = await read().catch((thrown: unknown) => thrown);
    expect(error).to.include({ line: 200_002 });
  });
});
