/** Pixels row by row, channels last: [height, width, channels]. */
export interface PixelArray {
  readonly shape: readonly [height: number, width: number, channels: number];
  /** Bytes, or floats in [0, 1]. For an encoder without {@link Preparation}: floats that are normalised already. */
  readonly data: Uint8Array | Uint8ClampedArray | Float32Array;
}

/** RGBA pixels as a canvas gives them: the `ImageData` of browsers. */
export interface CanvasPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray | Uint8Array;
}

/** Pixels, or in Node.js the path of an image file. */
export type ImageInput = PixelArray | CanvasPixels | string;

/** Floats row by row, channels last. */
export interface Image {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Float32Array;
}

/**
 * Pixels as floats with the channels of the encoder: bytes become values in [0, 1], transparency is dropped, colours become
 * grey as in Pillow, and grey is repeated.
 * @throws Error if the sizes do not fit, or other channels would have to be converted
 */
export function imageOf(input: PixelArray | CanvasPixels, channels: number): Image {
  const [height, width, given] = 'shape' in input ? input.shape : [input.height, input.width, 4];
  const { data } = input;
  if (!(height > 0 && width > 0) || data.length !== height * width * given)
    throw new Error(`An image of ${height} x ${width} pixels and ${given} channels has ${height * width * given} values, and ${data.length} were given.`); // prettier-ignore
  const converted = convert(given, channels);
  if (!converted) throw new Error(`The encoder takes images with ${channels} channels, and this image has ${given}.`);
  const result = new Float32Array(height * width * channels);
  const scale = data instanceof Float32Array ? 1 : 255;
  for (let at = 0; at < height * width; at++) converted(data, at, result);
  if (scale !== 1) for (let i = 0; i < result.length; i++) result[i] /= scale;
  return { height, width, channels, data: result };
}

type Values = ArrayLike<number>;
/** Writes the pixel at a place. */
type Conversion = (from: Values, at: number, to: Float32Array) => void;

function convert(given: number, channels: number): Conversion | undefined {
  const colours = given === 4 ? 3 : given;
  if (colours === channels)
    return (from, at, to) => {
      for (let c = 0; c < channels; c++) to[at * channels + c] = from[at * given + c];
    };
  if (given === 1)
    return (from, at, to) => {
      for (let c = 0; c < channels; c++) to[at * channels + c] = from[at];
    };
  if (colours !== 3 || channels !== 1) return undefined;
  return (from, at, to) => {
    const [red, green, blue] = [from[at * given], from[at * given + 1], from[at * given + 2]];
    to[at] = from instanceof Float32Array ? 0.299 * red + 0.587 * green + 0.114 * blue : (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16; // prettier-ignore
  };
}
