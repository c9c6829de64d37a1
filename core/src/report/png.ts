import { crc32, deflateSync } from 'node:zlib';

/** Pixels to show: levels from 0 to 255, row by row, channels last; one channel is grey, three are RGB. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const GREY = 0;
const RGB = 2;

/** Encodes a picture as PNG with 8 bits a channel. @see ISO/IEC 15948 */
function pngOf({ height, width, channels, data }: Picture): Uint8Array {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, channels === 1 ? GREY : RGB, 0, 0, 0], 8);
  const stride = width * channels;
  // Each row begins with its filter; 0 is none.
  const rows = new Uint8Array(height * (stride + 1));
  for (let y = 0; y < height; y++) rows.set(data.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** A picture that a page contains. */
export interface ShownPicture {
  readonly url: string;
  readonly height: number;
  readonly width: number;
}

/** The picture as a URL that needs no other file. */
export function shown(picture: Picture): ShownPicture {
  const { height, width } = picture;
  return { url: dataUrl(picture), height, width };
}

/** The picture as PNG in a URL. */
export function dataUrl(picture: Picture): string {
  return `data:image/png;base64,${Buffer.from(pngOf(picture)).toString('base64')}`;
}

function chunk(type: string, content: Uint8Array): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  check.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, check]);
}
