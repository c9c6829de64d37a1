import { defineComponent, definePlugin, slots, type Component } from '@carl-ssl/core';
import { loadFirstParty, referenceMarkdown } from '@carl-ssl/core/host';
import { checkPlugin } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { Type } from 'typebox';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../pipelines/imagenet/', import.meta.url));

/** Comments at the top of the pipelines for ImageNet, which name the source of each published figure. */
const sources = readdirSync(folder)
  .map(name => readFileSync(`${folder}/${name}`, 'utf8').split('\nextends:')[0])
  .join('\n');

describe('method cards', () => {
  let objectives: readonly Component[] = [];

  before(async () => {
    const catalogue = await loadFirstParty();
    objectives = catalogue.list('objective');
  });

  it('are there for every method', () => {
    const without = objectives.filter(({ card }) => !card).map(({ use }) => use);
    expect(without).to.deep.equal(['weighted-sum']);
    expect(new Set(objectives.map(({ card }) => card?.name)).size).to.equal(objectives.length);
  });

  it('have published figures that the pipelines for ImageNet give with their source', () => {
    const figures = objectives.flatMap(({ card }) => card?.figures ?? []);
    expect(figures.length).to.be.above(15);
    for (const { value, source } of figures) {
      for (const [percent] of value.matchAll(/[\d.]+%/g)) expect(sources, `${value}, ${source}`).to.contain(percent);
      expect(source).to.match(/arXiv \d{4}\.\d{5}|github\.com\//);
    }
  });

  it('are in the reference', async () => {
    const text = referenceMarkdown(await loadFirstParty());
    for (const { card } of objectives) if (card) expect(text).to.contain(card.idea).and.to.contain(card.formula);
  });

  it('that lack a text, or belong to another slot, break the plugin', () => {
    const [{ card }] = objectives.filter(one => one.card !== undefined);
    const broken = (slot: typeof slots.objective | typeof slots.metric, given: unknown) => () =>
      checkPlugin(
        'x',
        definePlugin({
          name: 'x',
          components: [
            defineComponent(slot as typeof slots.metric, {
              use: 'y',
              description: 'Y.',
              options: Type.Object({}, { additionalProperties: false }),
              card: given as typeof card,
              create: () => ({}) as never,
            }),
          ],
        }),
      );
    expect(broken(slots.objective, card)).to.not.throw();
    expect(broken(slots.objective, { ...card, idea: '' })).to.throw(
      /objective `y` has a card that is not valid: \/idea/,
    );
    expect(broken(slots.objective, { ...card, figures: [{ value: '99%' }] })).to.throw(/\/figures\/0/);
    expect(broken(slots.metric, card)).to.throw(/metric `y` has a card, which is for objectives only/);
  });
});
