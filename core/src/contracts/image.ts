/** A decoded picture: rows of pixels, channels last, float32. In [0, 1] until the augmenter normalises. */
export interface Image {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** height * width * channels values. */
  readonly data: Float32Array;
}
