import { html, trusted, type Html } from '../report/html.js';

/** Scripts of the page in the order in which they run: TensorFlow.js, the content, the page. */
export const SCRIPTS = ['tf-core.min.js', 'tf-converter.min.js', 'tf-backend-wasm.min.js', 'tf-backend-webgpu.min.js', 'content.js', 'playground.js']; // prettier-ignore

/**
 * Everything is in the folder: scripts and styles come from files beside the page, and nothing can be sent. `data:` is for
 * pictures, and for the weights, which browsers read from no other file when a page is opened without a server.
 */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src data: blob:; connect-src data:; base-uri 'none'; form-action 'none'"; // prettier-ignore

/** Facts in the text of the page. */
export interface PageFacts {
  readonly name: string;
  readonly images: number;
  readonly split: string;
  /** Height and width of prepared images. */
  readonly size: readonly [height: number, width: number];
  readonly hasMap: boolean;
}

/** The page, without the content that its script fills in. */
export function playgroundPage({ name, images, split, size: [height, width], hasMap }: PageFacts): string {
  const map = html`<section aria-label="Map">
    <h2>Map of the features</h2>
    <p>
      UMAP of images of the run; similar ones lie close together. Colours are classes, which the training did not see;
      with many classes, some share a colour. Your image is placed in the middle of its five nearest neighbours on the
      map.
    </p>
    <div id="map"></div>
  </section>`;
  return page(`Playground of ${name}`, [
    html`<h1>Playground of ${name}</h1>
      <p>
        See an image as this encoder does: the images of the run's data with the nearest features, and the prototypes to
        which it is assigned. Images are reduced to ${height} x ${width} pixels. They stay in this browser.
      </p>
      <p>
        <label for="file">Choose an image, or drop one on this page:</label>
        <input id="file" type="file" accept="image/*" disabled />
      </p>
      <p>Samples:</p>
      <div id="samples"></div>
      <p id="status" role="status">Loading the encoder…</p>
      <noscript><p>This page needs JavaScript.</p></noscript>
      <div class="columns">
        <div id="answer" role="region" aria-label="Answer"></div>
        ${hasMap ? map : []}
      </div>
      <footer>Compared with ${images} images of ${split}. Made by <code>carl playground</code>.</footer>`,
  ]);
}

function page(title: string, body: readonly Html[]): string {
  const scripts = SCRIPTS.map(name => `<script defer src="${name}"></script>`).join('\n    ');
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <title>${title}</title>
        <link rel="stylesheet" href="playground.css" />
        <link rel="icon" href="data:," />
        ${trusted(scripts)}
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html> `.html;
}
