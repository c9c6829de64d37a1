import { defineComponent, definePlugin, slots } from '@carl-ssl/core';
import { catalogueOf } from '@carl-ssl/core/host';
import { renamedComponent, renamedOption } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import { Type } from 'typebox';

const warm = defineComponent(slots.schedule, {
  use: 'warm',
  description: 'For a test.',
  formerly: { uses: ['hot', 'lukewarm'], options: { degrees: 'temperature' } },
  options: Type.Object(
    { temperature: Type.Number({ default: 1, description: 'A number.' }) },
    { additionalProperties: false },
  ),
  create: () => ({ value: () => 1 }),
});
const catalogue = catalogueOf([definePlugin({ name: 'test', components: [warm] })]);

describe('renamed components and options', () => {
  it('are found by any of their earlier names, in their slot', () => {
    for (const use of ['hot', 'lukewarm'])
      expect(renamedComponent('schedule', use, catalogue)).to.equal(`\`${use}\` is now called \`warm\`.`);
    expect(renamedComponent('schedule', 'cold', catalogue)).to.equal(undefined);
    expect(renamedComponent('optimizer', 'hot', catalogue)).to.equal(undefined);
  });

  it('are found in packages that are not loaded', () => {
    const none = catalogueOf([]);
    expect(renamedComponent('evaluator', 'semi-supervised', none)).to.equal(
      '`semi-supervised` is now called `low-shot-linear`.',
    );
  });

  it('are found in their component only', () => {
    const place = { slot: 'schedule', use: 'warm' } as const;
    expect(renamedOption(place, 'degrees', catalogue)).to.equal('`degrees` is now called `temperature`.');
    for (const option of ['temperature', 'constructor'])
      expect(renamedOption(place, option, catalogue)).to.equal(undefined);
    expect(renamedOption({ ...place, use: 'hot' }, 'degrees', catalogue)).to.equal(undefined);
    expect(renamedOption({ slot: undefined, use: undefined }, 'degrees', catalogue)).to.equal(undefined);
  });
});
