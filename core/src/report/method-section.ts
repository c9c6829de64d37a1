import type { MethodCard } from '../plugin/method-card.js';
import { html, table, withCode, type Html } from './html.js';

/** Cards of the methods of a report. */
export function methodCards(cards: readonly MethodCard[]): readonly Html[] {
  return cards.length > 0 ? [html`<h2>Methods</h2>`, ...cards.map(cardOf)] : [];
}

function cardOf({ name, idea, formula, trivial, views, failures, figures }: MethodCard): Html {
  const rows = figures.map(({ value, setting, source }) => [value, setting, source]);
  return html`<section class="card">
    <h3>${name}</h3>
    <p>${withCode(idea)}</p>
    <pre tabindex="0" aria-label="loss of ${name}">${formula}</pre>
    <p><strong>Without learning:</strong> ${withCode(trivial)}</p>
    <p><strong>Needs:</strong> ${withCode(views)}</p>
    <p><strong>Known failures:</strong></p>
    <ul>
      ${failures.map(one => html`<li>${withCode(one)}</li> `)}
    </ul>
    ${rows.length > 0 ? [html`<div class="text">${table(['published', 'setting', 'source'], rows, `Published results of ${name}`)}</div>`] : []}
  </section> `; // prettier-ignore
}
