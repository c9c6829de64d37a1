/** An image of floats: rows of pixels, channels last. Values lie in [0, 1] until the augmenter normalises them. */
export interface Image {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** height * width * channels values. */
  readonly data: Float32Array;
}

/** A decoded image as image sets hold it and augmenters take it: rows of pixels, channels last. */
export interface StoredImage extends Omit<Image, 'data'> {
  /** height * width * channels levels from 0 to 255; for formats that store floats, values in [0, 1]. */
  readonly data: Uint8Array | Float32Array;
}
