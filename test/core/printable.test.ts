import { printable, printableLine } from '@carl-ssl/core/testing';
import { expect } from 'chai';

describe('texts for the terminal', () => {
  it('have control characters as escapes, and keep lines, tabs and letters of all alphabets', () => {
    expect(printable('a\u001b[31mb\u0007\u009bc\u202e\r')).to.equal('a\\x1b[31mb\\x07\\x9bc\\u202e\\x0d');
    expect(printable('é\t日本\n🙂')).to.equal('é\t日本\n🙂');
  });

  it('can be one line of limited length', () => {
    expect(printableLine('a\nb')).to.equal('a\\nb');
    expect(printableLine('abcdef', 4)).to.equal('abc…');
  });
});
