/** Values of a random choice by name, for people to read. */
export type DrawnValues = Readonly<Record<string, number | string>>;

/**
 * Receives a random choice of an augmentation: its name, such as `crop` or `blur`, and the values drawn. Operations that are
 * not applied report nothing. The box of a `crop` has top, left, height and width, and the size of the image it was cut from
 * as `ofHeight` and `ofWidth`. Crops, `horizontal flip` and `vertical flip` also tell where a view lies in its image.
 */
export type Drawn = (name: string, values: DrawnValues) => void;
