import { basename } from 'node:path';

/** How files begin that people take for safetensors files, what such a file is, and the remedy. */
const FORMATS: readonly (readonly [starts: readonly string[], text: (name: string) => string])[] = [
  [['PK\x03\x04'], name => (/\.(npz|keras|zip)$/i.test(name) ? `a ZIP archive${ASK_SAFETENSORS}` : torch(name))],
  [['\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'], torch],
  [['\x89HDF'], () => `an HDF5 file, as Keras writes it${ASK_SAFETENSORS}`],
  [['\x1f\x8b'], name => `compressed by gzip. Decompress it: gunzip ${JSON.stringify(name)}`],
  [['version https://git-lfs'], () => 'a pointer of Git LFS to the file. Fetch the file itself: git lfs pull'],
  [['<!doctype', '<html', '<?xml'], () => 'a web page. Download the file itself.'],
];

const ASK_SAFETENSORS = '. Save the weights as safetensors under the names of torchvision.';

/** The format of a file by its first bytes, with what to do; undefined if it is none of the known ones. */
export function otherFormat(bytes: Uint8Array, file: string): string | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 64))
    .trimStart()
    .toLowerCase();
  return FORMATS.find(([starts]) => starts.some(one => start.startsWith(one.toLowerCase())))?.[1](basename(file));
}

/** Before version 1.6, PyTorch wrote a pickled program without a ZIP archive around it, which is not read. */
function torch(name: string): string {
  const target = `${name.replace(/\.[^.]*$/, '')}.safetensors`;
  const quoted = (text: string) => JSON.stringify(text).replaceAll("'", String.raw`\x27`);
  return (
    `a PyTorch file from before version 1.6, or another pickle. Convert it with Python (pip install torch safetensors):\n` +
    `  python -c 'import torch; from safetensors.torch import save_file; w = torch.load(${quoted(name)}, map_location="cpu", weights_only=True); ` +
    `w = w.get("state_dict", w); save_file({k: v.contiguous() for k, v in w.items()}, ${quoted(target)})'`
  );
}
