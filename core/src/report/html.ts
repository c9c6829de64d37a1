import { STYLE } from './style.js';

/** HTML that is already escaped. A class, so that no value of a file can pass for it. */
export class Html {
  constructor(readonly html: string) {}
}

/** A template whose values are escaped, unless they are HTML already; lists are joined. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(parts.reduce((text, part, i) => text + textOf(values[i - 1]) + part));
}

type Value = string | number | undefined | Html | readonly Html[];

/** Markup without texts of users, and SVG drawn by the chart library, which escapes its texts. */
export function trusted(markup: string): Html {
  return new Html(markup);
}

function textOf(value: Value): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((one: Html) => textOf(one)).join('');
  if (value instanceof Html) return value.html;
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- a value of a file may be an object, against its type
  return String(value).replaceAll(/[&<>"']/g, character => ENTITIES[character]);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text with names of keys and values between backticks. */
export function withCode(text: string): readonly Html[] {
  return text.split('`').map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}

/** A table whose first column names its rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], caption: string): Html {
  return html`<div class="wide" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head.map(text => html`<th scope="col">${text}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name, ...cells]) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${cells.map(text => html`<td>${text}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A chart with a caption, which is also its text for screen readers. */
export function figure(svg: string, caption: string): Html {
  return html`<figure>
    <div class="wide" tabindex="0" role="img" aria-label="${caption}">${trusted(svg)}</div>
    <figcaption>${caption}</figcaption>
  </figure>`;
}

/** One self-contained page: no script, no other file, light and dark. */
export function page(title: string, body: readonly Html[]): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        />
        <title>${title}</title>
        <style>
          ${trusted(STYLE)}
        </style>
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html> `.html;
}
