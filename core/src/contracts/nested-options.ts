/** Validated options of a nested component. */
export interface NestedOptions {
  readonly use: string;
  readonly [option: string]: unknown;
}
