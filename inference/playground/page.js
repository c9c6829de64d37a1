/** The page of `carl playground`: what the encoder makes of an image, beside images of the run's data. */
import { load } from '../src/index.js';
import { answer } from './answer.js';
import { pixelsOfFile, pixelsOfPicture } from './decode.js';
import { drawMap } from './map.js';
import { showAnswer } from './show.js';
import { Sheet } from './sheet.js';

const { images, model, weights, wasm } = globalThis.carlPlayground;
const element = id => document.getElementById(id);
const status = text => (element('status').textContent = text);

/** The bytes of a text in base64. */
async function bytes(text) {
  const response = await fetch(`data:application/octet-stream;base64,${text}`);
  return response.arrayBuffer();
}

async function start() {
  // Threads would need another file and a server with headers of its own.
  globalThis.tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const url = `data:application/wasm;base64,${wasm}`;
  const names = ['', '-simd', '-threaded-simd'].map(kind => `tfjs-backend-wasm${kind}.wasm`);
  const wasmPaths = Object.fromEntries(names.map(name => [name, url]));
  const backend = new URL(location.href).searchParams.get('backend') ?? undefined;
  const [encoder, sheet, features] = await Promise.all([
    bytes(weights).then(buffer => load({ model, weights: buffer }, { backend, wasmPaths })),
    Sheet.load(images.sheet),
    bytes(images.features).then(buffer => new Float32Array(buffer)),
  ]);
  return { encoder, sheet, features };
}

/** Shows the answer to an image, whose pixels a function gives. */
async function ask({ encoder, sheet, features }, picture, decode) {
  status('Computing…');
  try {
    const pixels = await decode();
    const from = performance.now();
    const embedding = await encoder.embed(pixels);
    const milliseconds = performance.now() - from;
    const found = answer(embedding, { ...images, features });
    showAnswer(element('answer'), found, { images, sheet, picture });
    drawMap(element('map'), { images, sheet, found });
    status(`Computed in ${milliseconds.toFixed(0)} ms on ${encoder.backend === 'wasm' ? 'WebAssembly' : 'WebGPU'}.`);
  } catch (error) {
    status(`This image cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function askFile(parts, file) {
  if (!file) return;
  const url = URL.createObjectURL(file);
  void ask(parts, { url, name: file.name }, () => pixelsOfFile(file));
}

function connect(parts) {
  const input = element('file');
  input.disabled = false;
  input.addEventListener('change', () => askFile(parts, input.files[0]));
  for (const name of ['dragover', 'drop'])
    document.addEventListener(name, event => {
      event.preventDefault();
      if (name === 'drop') askFile(parts, event.dataTransfer.files[0]);
    });
  element('samples').replaceChildren(
    ...images.samples.map(({ url, name }) => {
      const button = Object.assign(document.createElement('button'), { type: 'button' });
      button.append(Object.assign(new Image(), { src: url, alt: name }));
      button.addEventListener('click', () => void ask(parts, { url, name }, () => pixelsOfPicture(url)));
      return button;
    }),
  );
}

async function main() {
  try {
    const parts = await start();
    connect(parts);
    drawMap(element('map'), { images, sheet: parts.sheet });
    status('Ready. Choose an image, drop one on this page, or take a sample.');
  } catch (error) {
    status(`The encoder cannot be started in this browser: ${error instanceof Error ? error.message : String(error)}`);
  }
}

void main();
