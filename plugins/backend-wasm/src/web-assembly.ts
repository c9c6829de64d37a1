/** The part of the JavaScript WebAssembly interface used here; its types belong to browsers' libraries, not Node's. */
interface WebAssemblyInterface {
  validate(binary: Uint8Array): boolean;
  compile(binary: Uint8Array): Promise<object>;
  instantiate(module: object, imports: object): Promise<object>;
}

export const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyInterface };
