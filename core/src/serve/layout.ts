import { html, type Html } from '../report/html.js';
import type { RunState } from '../run/run-list.js';
import { printableLine } from '../text/printable.js';

/** A page of the dashboard. */
export interface Page {
  readonly title: string;
  /** Revision of the folder that the page shows. */
  readonly revision: number;
  /** Name of the folder of runs. */
  readonly folder: string;
  readonly main: Html;
}

/** The HTML of a page. Its script replaces `main` whenever a run changes; everything works without it, too. */
export function documentOf({ title, revision, folder, main }: Page): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/dashboard.css" />
        <script type="module" src="/dashboard.js"></script>
      </head>
      <body>
        <a class="skip" href="#content">Skip to the curves</a>
        <header class="top">
          <a class="brand" href="/">carl</a>
          <span class="folder">${shown(folder)}</span>
          <span class="connection" id="connection" role="status"></span>
        </header>
        <main id="main" data-revision="${revision}">${main}</main>
      </body>
    </html>`.html;
}

/** A name or message from a file in one line, without characters that change the text around it. */
export function shown(text: unknown): Html {
  return html`<bdi>${printableLine(String(text), 300)}</bdi>`;
}

/** Address of the page of a run. */
export function runAddress(name: string): string {
  return `/run?name=${encodeURIComponent(name)}`;
}

/** The state of a run, by its word and a mark of its own shape. */
export function stateBadge(state: RunState): Html {
  return html`<span class="state ${state}">${state}</span>`;
}

/** A number with four significant digits; large whole numbers with separators. */
export function figureText(value: unknown): string {
  if (typeof value !== 'number') return '';
  if (!Number.isFinite(value)) return 'not a number';
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return value.toLocaleString('en-GB');
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e6 ? String(Number(value.toPrecision(4))) : value.toExponential(2);
}

/** An accuracy in percent, other figures as numbers. */
export function resultText({ kind, value }: { readonly kind: string; readonly value: number }): string {
  return kind === 'accuracy' && Number.isFinite(value) ? `${(100 * value).toFixed(1)}%` : figureText(value);
}
