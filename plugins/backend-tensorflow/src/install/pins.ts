import { TENSORFLOW_VERSION, type Variant } from '../cache.js';

/** A file of an installation: its registry, its package and file name, and its SHA-256. */
export interface Pin {
  readonly from: 'pypi' | 'npm';
  readonly name: string;
  readonly version: string;
  readonly file: string;
  readonly sha256: string;
}

const npm = (name: string, version: string, sha256: string): Pin => ({
  from: 'npm',
  name,
  version,
  file: `${name.replace('@', '').replace('/', '-')}-${version}.tgz`,
  sha256,
});

/** A wheel of TensorFlow. Its libraries do not depend on the version of Python. */
const tensorflow = (name: string, sha256: string): Pin => ({
  from: 'pypi',
  name,
  version: TENSORFLOW_VERSION,
  file: `${name.replace('-', '_')}-${TENSORFLOW_VERSION}-cp311-cp311-manylinux_2_27_x86_64.whl`,
  sha256,
});

export const tfjsNode = npm(
  '@tensorflow/tfjs-node',
  '4.22.0',
  'd38a448a705efc6e655a080f896b3af646ae39dffbfe9c90b06cb9fc3a2b9358',
);
export const nodeApiHeaders = npm(
  'node-api-headers',
  '1.9.0',
  '6cbfac49542194ae2c8f1dee5fa2dc00d66bec9cbf3b59e3a4e5f16d14eb0d19',
);
/** Loaded by tfjs-node's backend. */
export const protobuf = npm(
  'google-protobuf',
  '3.21.4',
  '38299bb1802ce06900ea2e43650aded8393cd6a00012ed97ffc716eeab1e1091',
);

export const libraries: Readonly<Record<Variant, Pin>> = {
  cpu: tensorflow('tensorflow-cpu', '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c'),
  gpu: tensorflow('tensorflow', '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124'),
};
