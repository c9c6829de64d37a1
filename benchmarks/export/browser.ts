/**
 * Runs exported graph models of TensorFlow.js in Chromium, on WebAssembly and on WebGPU (SwiftShader), compares features and
 * assignments with those of this framework, and measures. With a folder of onnxruntime-web, its figures for the ONNX file too.
 * Usage, after export-all.ts: node --import tsx benchmarks/export/browser.ts FOLDER [--ort node_modules/onnxruntime-web] [NAME...]
 */
import { decodeSafetensors } from '@carl-ssl/core';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Browser, type Page } from 'playwright-core';

const { values, positionals } = parseArgs({ options: { ort: { type: 'string' } }, allowPositionals: true });
const [folder = '/tmp/carl-export', ...names] = positionals;
const modules = resolve('node_modules/@tensorflow');
const roots: Readonly<Record<string, string | undefined>> = {
  exports: join(folder, 'exports'),
  tf: modules,
  ort: values.ort,
};

const TYPES: Readonly<Record<string, string>> = { '.mjs': 'text/javascript', '.js': 'text/javascript', '.wasm': 'application/wasm', '.json': 'application/json' }; // prettier-ignore

let sent = 0;

/** Serves the files below the roots; counts their bytes. */
function answer(url: string, response: ServerResponse): void {
  const [, root, ...rest] = url.split('?')[0].split('/');
  const path = join(roots[root] ?? '/nowhere', ...rest);
  if (root === '' || !existsSync(path)) {
    response.writeHead(root === '' ? 200 : 404, { 'content-type': 'text/html' }).end();
    return;
  }
  response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' });
  createReadStream(path).on('data', part => (sent += part.length)).pipe(response); // prettier-ignore
}

/** Result of a program on a backend. */
interface Measured {
  readonly features: number[];
  readonly assignments: number[];
  /** Milliseconds until the first answer, from an empty page; those of one image, and of all. */
  readonly first: number;
  readonly one: number;
  readonly all: number;
}

interface Task {
  readonly name: string;
  readonly backend: string;
  readonly images: { readonly shape: readonly number[]; readonly data: number[] };
}

/** Adds the functions of a page; evaluated as text, because its types are those of a browser. */
const COMMON = `
  globalThis.script = src => new Promise((done, failed) => {
    const element = Object.assign(document.createElement('script'), { src, onload: done, onerror: () => failed(new Error(src)) });
    document.head.append(element);
  });
  globalThis.measured = async (start, run) => {
    await run(1);
    const first = performance.now() - start;
    const times = [];
    for (let i = 0; i < 15; i++) { const at = performance.now(); await run(1); times.push(performance.now() - at); }
    const one = times.sort((a, b) => a - b)[7];
    await run(undefined);
    const at = performance.now();
    const outputs = await run(undefined);
    return { first, one, all: performance.now() - at, ...outputs };
  };`;

const TFJS = `async ({ name, backend, images }) => {
  const start = performance.now();
  await script('/tf/tfjs-core/dist/tf-core.min.js');
  await script('/tf/tfjs-converter/dist/tf-converter.min.js');
  await script('/tf/tfjs-backend-' + backend + '/dist/tf-backend-' + backend + '.min.js');
  if (backend === 'wasm') tf.wasm.setWasmPaths('/tf/tfjs-backend-wasm/dist/');
  await tf.setBackend(backend);
  const model = await tf.loadGraphModel('/exports/' + name + '/tfjs/model.json');
  const [count, height, width, channels] = images.shape;
  const pixels = height * width * channels;
  return measured(start, async (some = count) => {
    const x = tf.tensor(images.data.slice(0, some * pixels), [some, height, width, channels]);
    const [features, assignments] = model.execute({ images: x }, ['features', 'assignments']);
    const outputs = { features: [...await features.data()], assignments: [...await assignments.data()] };
    tf.dispose([x, features, assignments]);
    return outputs;
  });
}`;

const ORT = `async ({ name, backend, images }) => {
  const start = performance.now();
  await script(backend === 'wasm' ? '/ort/dist/ort.wasm.min.js' : '/ort/dist/ort.webgpu.min.js');
  ort.env.wasm.wasmPaths = '/ort/dist/';
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create('/exports/' + name + '/onnx/model.onnx', { executionProviders: [backend] });
  const [count, height, width, channels] = images.shape;
  const pixels = height * width;
  const moved = new Float32Array(images.data.length);
  for (let b = 0; b < count; b++) for (let at = 0; at < pixels; at++) for (let c = 0; c < channels; c++)
    moved[(b * channels + c) * pixels + at] = images.data[(b * pixels + at) * channels + c];
  return measured(start, async (some = count) => {
    const x = new ort.Tensor('float32', moved.slice(0, some * pixels * channels), [some, channels, height, width]);
    const { features, assignments } = await session.run({ images: x });
    return { features: [...features.data], assignments: [...assignments.data] };
  });
}`;

const programs = { 'TensorFlow.js': TFJS, ...(values.ort && { 'ONNX Runtime Web': ORT }) };

async function main(): Promise<void> {
  const server = createServer((request, response) => answer(request.url ?? '/', response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const gpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan'];
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', ...gpu] });
  const all = readdirSync(join(folder, 'exports'));
  process.stdout.write(
    '| encoder | program | backend | features | assignments | first answer | 1 image | 48 images | downloaded |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n',
  );
  for (const name of names.length > 0 ? names : all)
    for (const backend of ['wasm', 'webgpu'])
      for (const [program, code] of Object.entries(programs))
        await row(browser, address, { name, backend, program, code });
  await browser.close();
  server.close();
}

async function row(
  browser: Browser,
  address: string,
  {
    name,
    backend,
    program,
    code,
  }: { readonly name: string; readonly backend: string; readonly program: string; readonly code: string },
): Promise<void> {
  const path = join(folder, `${name}.safetensors`);
  const { tensors } = decodeSafetensors(readFileSync(path), path);
  const page = await browser.newPage();
  try {
    await page.goto(address);
    await page.evaluate(COMMON);
    sent = 0;
    const images = { shape: tensors.images.shape, data: Array.from(tensors.images.data as Float32Array) };
    const found = await run(page, code, { name, backend, images });
    const differences = (['features', 'assignments'] as const).map(key => difference(found[key], tensors[key].data as Float32Array)); // prettier-ignore
    const times = [found.first, found.one, found.all].map(ms => `${ms.toFixed(ms < 10 ? 1 : 0)} ms`);
    const cells = [
      name,
      program,
      backend,
      ...differences.map(one => one.toExponential(1)),
      ...times,
      `${(sent / 1e6).toFixed(1)} MB`,
    ];
    process.stdout.write(`| ${cells.join(' | ')} |\n`);
  } catch (error) {
    process.stdout.write(`| ${name} | ${program} | ${backend} | ${String(error).split('\n')[0]} |\n`);
  } finally {
    await page.close();
  }
}

const run = (page: Page, code: string, task: Task): Promise<Measured> =>
  page.evaluate<Measured>(`(${code})(${JSON.stringify(task)})`);

/** Largest difference as a fraction of the largest value. */
function difference(found: readonly number[], own: Float32Array): number {
  if (found.length !== own.length) return Infinity;
  const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return own.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i])), 0) / largest;
}

await main();
