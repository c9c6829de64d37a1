import { Bucket } from '@carl-ssl/core';
import { expect } from 'chai';

describe('a bucket of vectors', () => {
  it('sends short vectors together and long ones themselves, and hands back the results', () => {
    const sent: Float32Array[] = [];
    const bucket = new Bucket(4, values => sent.push(values));
    const [short, long, other] = [[1, 2], [3, 4, 5, 6], [7]].map(values => Float32Array.from(values));
    bucket.add(short);
    expect(sent).to.deep.equal([]);
    bucket.add(long);
    bucket.add(other);
    bucket.send();
    expect(sent.map(values => [...values])).to.deep.equal([[3, 4, 5, 6], [1, 2], [7]]);
    expect(sent[0]).to.equal(long);
    for (const values of sent) values.forEach((value, i) => (values[i] = 10 * value));
    bucket.handBack();
    expect([short, long, other].map(values => [...values])).to.deep.equal([[10, 20], [30, 40, 50, 60], [70]]);
  });

  it('joins the vectors of each round in the same memory, if they have the same lengths', () => {
    const sent: Float32Array[] = [];
    const bucket = new Bucket(8, values => sent.push(values));
    const round = (...lengths: readonly number[]): Float32Array[] => {
      const vectors = lengths.map((length, i) => new Float32Array(length).fill(i + 1));
      vectors.forEach(vector => bucket.add(vector));
      bucket.send();
      for (const values of sent) values.forEach((value, i) => (values[i] = 10 * value));
      bucket.handBack();
      expect(vectors.map(vector => [...vector])).to.deep.equal(
        lengths.map((length, i) => new Array<number>(length).fill(10 * (i + 1))),
      );
      return sent.splice(0);
    };
    const first = round(2, 3, 3, 4, 5, 1, 1);
    expect(first.map(({ length }) => length)).to.deep.equal([8, 9, 2]);
    const second = round(2, 3, 3, 4, 5, 1, 1);
    expect(second.map((message, i) => message === first[i])).to.deep.equal([true, true, true]);
    const third = round(1, 2, 5, 1, 1);
    expect(third.map(message => first.includes(message))).to.deep.equal([true, true]);
    expect(round(1, 1)[0]).to.equal(third[1]);
  });
});
