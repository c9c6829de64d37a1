// Generated from inference/playground by `npm run playground`.
"use strict";
(() => {
  var __create = Object.create;
  var __defProp = Object.defineProperty;
  var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
  var __getOwnPropNames = Object.getOwnPropertyNames;
  var __getProtoOf = Object.getPrototypeOf;
  var __hasOwnProp = Object.prototype.hasOwnProperty;
  var __commonJS = (cb, mod) => function __require() {
    try {
      return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
    } catch (e) {
      throw mod = 0, e;
    }
  };
  var __copyProps = (to, from, except, desc) => {
    if (from && typeof from === "object" || typeof from === "function") {
      for (let key of __getOwnPropNames(from))
        if (!__hasOwnProp.call(to, key) && key !== except)
          __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
    }
    return to;
  };
  var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(
    // If the importer is in node compatibility mode or this is not an ESM
    // file that has been converted to a CommonJS file using a Babel-
    // compatible transform (i.e. "__esModule" has not been set), then set
    // "default" to the CommonJS "module.exports" for node compatibility.
    isNodeMode || !mod || !mod.__esModule ? __defProp(target, "default", { value: mod, enumerable: true }) : target,
    mod
  ));

  // global:@tensorflow/tfjs-core
  var require_tfjs_core = __commonJS({
    "global:@tensorflow/tfjs-core"(exports, module) {
      module.exports = globalThis.tf;
    }
  });

  // global:@tensorflow/tfjs-converter
  var require_tfjs_converter = __commonJS({
    "global:@tensorflow/tfjs-converter"(exports, module) {
      module.exports = globalThis.tf;
    }
  });

  // global:@tensorflow/tfjs-backend-webgpu
  var require_tfjs_backend_webgpu = __commonJS({
    "global:@tensorflow/tfjs-backend-webgpu"(exports, module) {
      module.exports = globalThis.tf;
    }
  });

  // global:@tensorflow/tfjs-backend-wasm
  var require_tfjs_backend_wasm = __commonJS({
    "global:@tensorflow/tfjs-backend-wasm"(exports, module) {
      module.exports = globalThis.tf.wasm;
    }
  });

  // inference/src/encoder.ts
  var tf2 = __toESM(require_tfjs_core(), 1);
  var import_tfjs_converter = __toESM(require_tfjs_converter(), 1);

  // inference/src/backend.ts
  var tf = __toESM(require_tfjs_core(), 1);
  async function activate({ backend, wasmPaths }) {
    for (const name of backend === void 0 ? ["webgpu", "wasm"] : [backend]) {
      if (backend === void 0 && name === "webgpu" && !await hasGpu()) continue;
      await registered(name, wasmPaths);
      if (tf.getBackend() === name || await tf.setBackend(name)) return name;
    }
    throw new Error(`${backend ?? "WebAssembly"} cannot be used here: TensorFlow.js could not start it.`);
  }
  async function registered(name, wasmPaths) {
    if (tf.findBackendFactory(name)) {
      if (name === "webgpu" || wasmPaths === void 0 || tf.findBackend(name)) return;
    }
    if (name === "webgpu") {
      await Promise.resolve().then(() => __toESM(require_tfjs_backend_webgpu(), 1));
      return;
    }
    const { setWasmPaths } = await Promise.resolve().then(() => __toESM(require_tfjs_backend_wasm(), 1));
    if (wasmPaths !== void 0) setWasmPaths(wasmPaths);
  }
  async function hasGpu() {
    const { gpu } = globalThis.navigator ?? {};
    const adapter = await gpu?.requestAdapter().catch(() => null);
    if (!adapter) return false;
    return !(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter ?? false);
  }

  // inference/src/node-module.ts
  function nodeModule(name) {
    return import(
      /* webpackIgnore: true */
      /* @vite-ignore */
      name
    );
  }
  var isNode = "process" in globalThis && !("document" in globalThis);

  // inference/src/image-file.ts
  async function readImage(path) {
    if (!isNode) throw new Error("A browser cannot read the path of a file. Give ImageData, or pixels with their shape.");
    const { default: sharp } = await nodeModule("sharp").catch((error) => {
      throw new Error("Image files are read with sharp, which is not installed: npm install sharp", { cause: error });
    });
    try {
      return await decode(sharp(path, { ignoreIcc: true }).rotate());
    } catch (error) {
      throw new Error(`${path} cannot be read as an image: ${error.message}`, { cause: error });
    }
  }
  async function decode(image) {
    const { space } = await image.metadata();
    const isInk = space === "cmyk";
    const wanted = isInk ? image.pipelineColourspace("cmyk").toColourspace("cmyk") : image.removeAlpha().toColourspace("srgb");
    const { data, info } = await wanted.raw().toBuffer({ resolveWithObject: true });
    const { height, width, channels } = info;
    return isInk ? { shape: [height, width, 3], data: rgbFromInks(data, channels) } : { shape: [height, width, channels], data };
  }
  function rgbFromInks(inks, channels) {
    const rgb = new Uint8Array(3 * inks.length / channels);
    for (let from = 0, to = 0; from < inks.length; from += channels) {
      const light = 255 - inks[from + 3];
      for (let c = 0; c < 3; c++) rgb[to++] = Math.round((255 - inks[from + c]) * light / 255);
    }
    return rgb;
  }

  // inference/src/model-files.ts
  var FORMAT = 1;
  function checkedModel(model2, source) {
    const facts = model2?.userDefinedMetadata?.carl;
    if (!facts) throw new Error(`${source}: this is not an encoder of \`carl export --format tfjs\`.`);
    if (facts.format !== FORMAT)
      throw new Error(`${source}: this encoder was exported by another version (format ${facts.format}, and ${FORMAT} is known). Export it again, or use the package of that version.`);
    return model2;
  }
  async function readModel(source) {
    const address = await addressOf(source);
    const text = new TextDecoder().decode(await bytesAt(address));
    const model2 = checkedModel(parsed(text, address), String(source));
    const paths = model2.weightsManifest.flatMap((group) => group.paths);
    const parts = await Promise.all(paths.map((path) => bytesAt(new URL(path, address))));
    return { model: model2, weights: joined(parts) };
  }
  function parsed(text, address) {
    try {
      return JSON.parse(text);
    } catch {
      throw new Error(`${address.href}: this is not JSON. Name the file model.json of an export.`);
    }
  }
  async function addressOf(source) {
    if (source instanceof URL) return source;
    if (/^[a-z][a-z+.-]+:/i.test(source)) return new URL(source);
    if (isNode) return (await nodeModule("node:url")).pathToFileURL(source);
    const { location: location2 } = globalThis;
    return new URL(source, location2.href);
  }
  async function bytesAt(address) {
    if (address.protocol === "file:" && isNode)
      return (await nodeModule("node:fs/promises")).readFile(address);
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${address.href}: the server answered ${response.status}.`);
    return new Uint8Array(await response.arrayBuffer());
  }
  function joined(parts) {
    const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all.buffer;
  }

  // inference/src/pixels.ts
  function imageOf(input, channels) {
    const [height, width, given] = "shape" in input ? input.shape : [input.height, input.width, 4];
    const { data } = input;
    if (!(height > 0 && width > 0) || data.length !== height * width * given)
      throw new Error(`An image of ${height} x ${width} pixels and ${given} channels has ${height * width * given} values, and ${data.length} were given.`);
    const converted = convert(given, channels);
    if (!converted) throw new Error(`The encoder takes images with ${channels} channels, and this image has ${given}.`);
    const result = new Float32Array(height * width * channels);
    const scale = data instanceof Float32Array ? 1 : 255;
    for (let at = 0; at < height * width; at++) converted(data, at, result);
    if (scale !== 1) for (let i = 0; i < result.length; i++) result[i] /= scale;
    return { height, width, channels, data: result };
  }
  function convert(given, channels) {
    const colours = given === 4 ? 3 : given;
    if (colours === channels)
      return (from, at, to) => {
        for (let c = 0; c < channels; c++) to[at * channels + c] = from[at * given + c];
      };
    if (given === 1)
      return (from, at, to) => {
        for (let c = 0; c < channels; c++) to[at * channels + c] = from[at];
      };
    if (colours !== 3 || channels !== 1) return void 0;
    return (from, at, to) => {
      const [red, green, blue] = [from[at * given], from[at * given + 1], from[at * given + 2]];
      to[at] = from instanceof Float32Array ? 0.299 * red + 0.587 * green + 0.114 * blue : 19595 * red + 38470 * green + 7471 * blue + 32768 >> 16;
    };
  }

  // inference/src/resample.ts
  function resized(image, size, sampling) {
    const { height, width } = size;
    if (height === image.height && width === image.width) return image;
    const { channels } = image;
    const rows = filtered(image.data, { lines: image.height, length: image.width, stride: channels }, taps(image.width, width, sampling));
    const data = filtered(rows, { lines: 1, length: image.height, stride: width * channels }, taps(image.height, height, sampling));
    return { height, width, channels, data };
  }
  function filtered(data, { lines, length, stride }, all) {
    const result = new Float32Array(lines * all.length * stride);
    for (let line = 0; line < lines; line++)
      for (const [i, { start: start2, weights: weights2 }] of all.entries()) {
        const target = (line * all.length + i) * stride;
        const source = (line * length + start2) * stride;
        for (let c = 0; c < stride; c++) {
          let sum = 0;
          for (let t = 0; t < weights2.length; t++) sum += weights2[t] * data[source + t * stride + c];
          result[target + c] = sum;
        }
      }
    return result;
  }
  function taps(input, output, { interpolation, antialias }) {
    const places = Array.from({ length: output }, (_, i) => i);
    if (interpolation === "nearest")
      return places.map((i) => ({ start: Math.min(Math.floor(i * input / output), input - 1), weights: [1] }));
    const isCubic = interpolation === "bicubic";
    return places.map((i) => antialias ? stretched(i, input / output, { input, isCubic }) : interpolated(i, input / output, { input, isCubic }));
  }
  function stretched(i, scale, { input, isCubic }) {
    const stretch = Math.max(1, scale);
    const support = (isCubic ? 2 : 1) * stretch;
    const centre2 = scale * (i + 0.5);
    const start2 = Math.max(0, Math.trunc(centre2 - support + 0.5));
    const end = Math.min(input, Math.trunc(centre2 + support + 0.5));
    const raw = Array.from({ length: end - start2 }, (_, t) => {
      const distance = (start2 + t - centre2 + 0.5) / stretch;
      return isCubic ? cubic(distance, -0.5) : triangle(distance);
    });
    const sum = raw.reduce((a, b) => a + b, 0);
    return { start: start2, weights: raw.map((weight) => weight / sum) };
  }
  function interpolated(i, scale, { input, isCubic }) {
    const reach = isCubic ? 2 : 1;
    const inside = (place) => Math.min(Math.max(place, 0), input - 1);
    const centre2 = scale * (i + 0.5) - 0.5;
    const first = Math.floor(centre2) + 1 - reach;
    const start2 = inside(first);
    const weights2 = new Array(inside(first + 2 * reach - 1) - start2 + 1).fill(0);
    for (let place = first; place < first + 2 * reach; place++)
      weights2[inside(place) - start2] += isCubic ? cubic(centre2 - place, -0.75) : triangle(centre2 - place);
    return { start: start2, weights: weights2 };
  }
  function triangle(distance) {
    return Math.max(0, 1 - Math.abs(distance));
  }
  function cubic(distance, a) {
    const x = Math.abs(distance);
    if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? a * (((x - 5) * x + 8) * x - 4) : 0;
  }

  // inference/src/prepare.ts
  function prepared(image, preparation) {
    const { resize, crop } = preparation;
    const [height, width] = crop;
    if (resize === "cover" && image.height === height && image.width === width) return image;
    const covered = resize === "cover" ? { height, width } : { height: resize, width: resize };
    return centre(resized(image, coveringSize(image, covered), preparation), height, width);
  }
  function coveringSize(image, target) {
    const byHeight = target.height * image.width >= target.width * image.height;
    return byHeight ? { height: target.height, width: Math.floor(target.height * image.width / image.height) } : { height: Math.floor(target.width * image.height / image.width), width: target.width };
  }
  function centre({ data, height, width, channels }, rows, columns) {
    const [top, left] = [offset(height, rows), offset(width, columns)];
    if (rows === height && columns === width) return { data, height, width, channels };
    const result = new Float32Array(rows * columns * channels);
    const [from, to] = [Math.max(0, left), Math.min(width, left + columns)];
    for (let y = Math.max(0, top); y < Math.min(height, top + rows); y++)
      result.set(
        data.subarray((y * width + from) * channels, (y * width + to) * channels),
        ((y - top) * columns + from - left) * channels
      );
    return { height: rows, width: columns, channels, data: result };
  }
  function offset(side, cut) {
    if (side < cut) return -Math.floor((cut - side) / 2);
    const half = (side - cut) / 2;
    const floor = Math.floor(half);
    return half === floor ? floor : floor + floor % 2;
  }

  // inference/src/encoder.ts
  async function load(source, choice = {}) {
    const isFiles = typeof source === "object" && "weights" in source;
    const [files, backend] = await Promise.all([isFiles ? source : readModel(source), activate(choice)]);
    const json = checkedModel(files.model, isFiles ? "The model" : String(source));
    const { modelTopology, signature, format, weightsManifest } = json;
    const weightSpecs = weightsManifest.flatMap(({ weights: weights2 }) => weights2);
    const artifacts = { modelTopology, signature, format, weightSpecs, weightData: files.weights };
    const model2 = await (0, import_tfjs_converter.loadGraphModel)(tf2.io.fromMemory(artifacts));
    const { format: _, ...facts } = json.userDefinedMetadata.carl;
    const embedAll = async (inputs) => {
      if (inputs.length === 0) return [];
      if (tf2.getBackend() !== backend) await tf2.setBackend(backend);
      const images2 = await Promise.all(inputs.map((input) => ready(input, facts)));
      return computed(model2, images2, facts);
    };
    return {
      ...facts,
      backend,
      embedAll,
      embed: async (image) => (await embedAll([image]))[0],
      close: () => model2.dispose()
    };
  }
  async function ready(input, { image, preparation }) {
    const [height, width, channels] = image;
    const pixels = typeof input === "string" ? await readImage(input) : input;
    const own = imageOf(pixels, channels);
    if (preparation) return prepared(own, preparation);
    if (own.height === height && own.width === width && pixels.data instanceof Float32Array) return own;
    throw new Error(`The preprocessing of this encoder is not described. Give images of ${height} x ${width} pixels that are prepared and normalised, as a Float32Array with its shape.`);
  }
  async function computed(model2, images2, facts) {
    const names = facts.prototypeCount === void 0 ? ["features"] : ["features", "assignments"];
    const [{ height, width, channels }] = images2;
    const data = new Float32Array(images2.length * height * width * channels);
    images2.forEach((image, i) => data.set(image.data, i * height * width * channels));
    const outputs = tf2.tidy(() => model2.execute({ images: tf2.tensor4d(data, [images2.length, height, width, channels]) }, names));
    const tensors = [outputs].flat();
    try {
      const [features, assignments] = await Promise.all(tensors.map((tensor) => tensor.data()));
      return images2.map((_, i) => ({
        features: row(features, i, images2.length),
        ...assignments && { assignments: row(assignments, i, images2.length) }
      }));
    } finally {
      tf2.dispose(tensors);
    }
  }
  function row(values, i, count) {
    const dim = values.length / count;
    return values.slice(i * dim, (i + 1) * dim);
  }

  // inference/playground/answer.js
  var NEIGHBOURS = 12;
  var PROTOTYPES = 3;
  var PLACING = 5;
  function answer({ features, assignments }, images2) {
    const ranked = cosines(features, images2.features).sort((a, b) => b.cosine - a.cosine);
    return {
      neighbours: ranked.slice(0, NEIGHBOURS),
      prototypes: assignments ? mostProbable(assignments) : [],
      ...images2.plane && { place: placed(ranked, images2.plane) }
    };
  }
  function cosines(features, rows) {
    const length = Math.max(Math.hypot(...features), 1e-12);
    const dim = features.length;
    return Array.from({ length: rows.length / dim }, (_, image) => {
      let product = 0;
      for (let d = 0; d < dim; d++) product += features[d] * rows[image * dim + d];
      return { image, cosine: product / length };
    });
  }
  function mostProbable(assignments) {
    return Array.from(assignments, (probability, index) => ({ index, probability })).sort((a, b) => b.probability - a.probability).slice(0, PROTOTYPES);
  }
  function placed(ranked, plane) {
    const near = ranked.filter(({ image }) => image < plane.length).slice(0, PLACING);
    return [0, 1].map((axis) => near.reduce((sum, { image }) => sum + plane[image][axis], 0) / near.length);
  }

  // inference/playground/decode.js
  async function pixelsOfFile(file) {
    let bitmap;
    try {
      bitmap = await createImageBitmap(file, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
    } catch {
      throw new Error(`${file.name} is not an image that this browser reads.`);
    }
    return pixelsOf(bitmap);
  }
  async function pixelsOfPicture(url) {
    const picture = Object.assign(new Image(), { src: url });
    await picture.decode();
    return pixelsOf(picture);
  }
  function pixelsOf(source) {
    const { width, height } = source;
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    context.drawImage(source, 0, 0);
    return context.getImageData(0, 0, width, height);
  }

  // inference/playground/names.js
  function nameOf(image, { indices, classes, labels }) {
    return labels ? `image ${indices[image]}, ${classes[labels[image]]}` : `image ${indices[image]}`;
  }

  // inference/playground/map.js
  var SPACE = "http://www.w3.org/2000/svg";
  var COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"];
  function shape(tag, attributes) {
    const made2 = document.createElementNS(SPACE, tag);
    for (const [name, value] of Object.entries(attributes)) made2.setAttribute(name, value);
    return made2;
  }
  function drawMap(target, { images: images2, sheet, found }) {
    const { plane, labels } = images2;
    if (!plane) return;
    const at = ([x, y]) => [2 + 96 * x, 2 + 96 * (1 - y)];
    const label = found ? `Map of ${plane.length} images. Your image lies beside ${nameOf(found.neighbours[0].image, images2)}.` : `Map of ${plane.length} images`;
    const map = shape("svg", { viewBox: "0 0 100 100", role: "img", "aria-label": label });
    plane.forEach((point, image) => {
      const [cx, cy] = at(point);
      const dot = shape("circle", { cx, cy, r: 0.9, fill: COLOURS[(labels?.[image] ?? 0) % COLOURS.length] });
      dot.addEventListener("pointerenter", () => showPointed(target, sheet.cell(image, nameOf(image, images2))));
      map.append(dot);
    });
    if (found?.place) {
      const [x, y] = at(found.place);
      map.append(shape("path", { d: `M${x - 3} ${y}h6M${x} ${y - 3}v6`, class: "place" }));
      map.append(shape("circle", { cx: x, cy: y, r: 2.2, class: "place" }));
    }
    target.replaceChildren(map, Object.assign(document.createElement("p"), { className: "pointed" }));
  }
  function showPointed(target, cell) {
    target.querySelector(".pointed").replaceChildren(cell, ` ${cell.title}`);
  }

  // inference/playground/show.js
  function made(tag, content, properties = {}) {
    const element2 = Object.assign(document.createElement(tag), properties);
    element2.append(...[content].flat());
    return element2;
  }
  function showAnswer(target, { neighbours, prototypes }, { images: images2, sheet, picture }) {
    const image = made("img", [], { src: picture.url, alt: picture.name, className: "asked" });
    target.replaceChildren(
      made("h2", "Your image"),
      made("p", [image, picture.name]),
      made("h2", "Nearest images"),
      made("p", summary(neighbours, images2)),
      made(
        "ol",
        neighbours.map((one) => neighbour(one, { images: images2, sheet })),
        { className: "cells" }
      ),
      ...prototypes.length > 0 ? [
        made("h2", "Prototypes"),
        made("p", "The most probable prototypes, each with the images that it gathers."),
        made(
          "ol",
          prototypes.map((one) => prototype(one, { images: images2, sheet })),
          { className: "prototypes" }
        )
      ] : []
    );
  }
  function neighbour({ image, cosine }, { images: images2, sheet }) {
    const name = nameOf(image, images2);
    return made("li", [sheet.cell(image, name), made("span", cosine.toFixed(3)), made("span", classOf(image, images2))]);
  }
  function classOf(image, { classes, labels }) {
    return labels ? classes[labels[image]] : "";
  }
  function summary(neighbours, images2) {
    const cosine = "Similarity is the cosine of features: 1 is the same direction.";
    if (!images2.labels) return cosine;
    const counts = /* @__PURE__ */ new Map();
    for (const { image } of neighbours) counts.set(classOf(image, images2), (counts.get(classOf(image, images2)) ?? 0) + 1);
    const listed = [...counts].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${count} ${name}`);
    return `Of ${neighbours.length}: ${listed.join(", ")}. ${cosine}`;
  }
  function prototype({ index, probability }, { images: images2, sheet }) {
    const facts = images2.prototypes.find((one) => one.index === index);
    const title = made("strong", `Prototype ${index}: ${(100 * probability).toFixed(1)}%`);
    if (!facts) return made("li", [title, made("span", " It gathers none of the images of this page.")]);
    const cells = facts.top.map((image) => sheet.cell(image, nameOf(image, images2)));
    const purity = facts.label === void 0 ? "" : `, ${(100 * facts.purity).toFixed(0)}% ${images2.classes[facts.label]}`;
    const text = `${facts.images} ${facts.images === 1 ? "image" : "images"}${purity}`;
    return made("li", [title, made("span", text), made("span", cells, { className: "cells" })]);
  }

  // inference/playground/sheet.js
  var Sheet = class _Sheet {
    constructor(image, { columns, side }) {
      Object.assign(this, { image, columns, side });
    }
    static async load(sheet) {
      const image = Object.assign(new Image(), { src: sheet.url });
      await image.decode();
      return new _Sheet(image, sheet);
    }
    /** A picture as an element. */
    cell(index, name) {
      const { side, columns } = this;
      const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", name);
      canvas.title = name;
      const [x, y] = [index % columns * side, Math.floor(index / columns) * side];
      canvas.getContext("2d").drawImage(this.image, x, y, side, side, 0, 0, side, side);
      return canvas;
    }
  };

  // inference/playground/page.js
  var { images, model, weights, wasm } = globalThis.carlPlayground;
  var element = (id) => document.getElementById(id);
  var status = (text) => element("status").textContent = text;
  async function bytes(text) {
    const response = await fetch(`data:application/octet-stream;base64,${text}`);
    return response.arrayBuffer();
  }
  async function start() {
    globalThis.tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
    const url = `data:application/wasm;base64,${wasm}`;
    const names = ["", "-simd", "-threaded-simd"].map((kind) => `tfjs-backend-wasm${kind}.wasm`);
    const wasmPaths = Object.fromEntries(names.map((name) => [name, url]));
    const backend = new URL(location.href).searchParams.get("backend") ?? void 0;
    const [encoder, sheet, features] = await Promise.all([
      bytes(weights).then((buffer) => load({ model, weights: buffer }, { backend, wasmPaths })),
      Sheet.load(images.sheet),
      bytes(images.features).then((buffer) => new Float32Array(buffer))
    ]);
    return { encoder, sheet, features };
  }
  async function ask({ encoder, sheet, features }, picture, decode2) {
    status("Computing…");
    try {
      const pixels = await decode2();
      const from = performance.now();
      const embedding = await encoder.embed(pixels);
      const milliseconds = performance.now() - from;
      const found = answer(embedding, { ...images, features });
      showAnswer(element("answer"), found, { images, sheet, picture });
      drawMap(element("map"), { images, sheet, found });
      status(`Computed in ${milliseconds.toFixed(0)} ms on ${encoder.backend === "wasm" ? "WebAssembly" : "WebGPU"}.`);
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
    const input = element("file");
    input.disabled = false;
    input.addEventListener("change", () => askFile(parts, input.files[0]));
    for (const name of ["dragover", "drop"])
      document.addEventListener(name, (event) => {
        event.preventDefault();
        if (name === "drop") askFile(parts, event.dataTransfer.files[0]);
      });
    element("samples").replaceChildren(
      ...images.samples.map(({ url, name }) => {
        const button = Object.assign(document.createElement("button"), { type: "button" });
        button.append(Object.assign(new Image(), { src: url, alt: name }));
        button.addEventListener("click", () => void ask(parts, { url, name }, () => pixelsOfPicture(url)));
        return button;
      })
    );
  }
  async function main() {
    try {
      const parts = await start();
      connect(parts);
      drawMap(element("map"), { images, sheet: parts.sheet });
      status("Ready. Choose an image, drop one on this page, or take a sample.");
    } catch (error) {
      status(`The encoder cannot be started in this browser: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  void main();
})();
