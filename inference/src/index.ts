export { load, type Embedding, type Encoder } from './encoder.js';
export type { BackendChoice, BackendName } from './backend.js';
export type { EncoderFacts, ModelFiles } from './model-files.js';
export type { CanvasPixels, ImageInput, PixelArray } from './pixels.js';
export type { Preparation } from './prepare.js';
