import { workTogether, type Attempt } from '@carl-ssl/core/testing';
import { expect } from 'chai';

describe('work on runs that several processes share', () => {
  const finished: Attempt = { status: 'finished' };

  it('takes the next run that no other process has, and comes back to the others', async () => {
    const attempts: string[] = [];
    const waits: string[][] = [];
    const busy = new Map([['a', 2], ['b', 1]]); // prettier-ignore
    const reasons = await workTogether(['a', 'b', 'c', 'd'], {
      attempt: run => {
        attempts.push(run);
        const left = busy.get(run) ?? 0;
        busy.set(run, left - 1);
        if (left > 0) return Promise.resolve({ status: 'busy' });
        return Promise.resolve(run === 'd' ? { status: 'failed', reason: 'no' } : finished);
      },
      onWait: runs => waits.push([...runs]),
    });
    expect(attempts).to.deep.equal(['a', 'b', 'c', 'd', 'a', 'b', 'a']);
    expect(waits).to.deep.equal([]);
    expect([...reasons!]).to.deep.equal([['d', 'no']]);
  });

  it('waits while others have all that is left, and ends at an interruption', async () => {
    const waits: string[][] = [];
    let left = 2;
    const done = await workTogether(['a'], {
      attempt: () => Promise.resolve(left-- > 0 ? { status: 'busy' } : finished),
      onWait: runs => waits.push([...runs]),
    });
    expect([done?.size, waits]).to.deep.equal([0, [['a']]]);
    const stopped = await workTogether(['a', 'b'], { attempt: () => Promise.resolve({ status: 'interrupted' }) });
    expect(stopped).to.equal(undefined);
  });
});
