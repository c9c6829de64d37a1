/** A message in the encoding of Protocol Buffers, in parts. */
export interface Message {
  readonly parts: readonly Uint8Array[];
  readonly length: number;
}

/** Joins the fields of a message. @see https://protobuf.dev/programming-guides/encoding */
export function message(...fields: readonly (Message | readonly Message[])[]): Message {
  const all = fields.flat();
  return { parts: all.flatMap(({ parts }) => parts), length: all.reduce((sum, { length }) => sum + length, 0) };
}

export function integerField(field: number, value: number | bigint): Message {
  return ofBytes(Uint8Array.from([...varint(BigInt(field * 8)), ...varint(BigInt.asUintN(64, BigInt(value)))]));
}

export function floatField(field: number, value: number): Message {
  const bytes = new Uint8Array(new Float32Array([value]).buffer);
  return ofBytes(Uint8Array.from([...varint(BigInt(field * 8 + 5)), ...bytes]));
}

export function textField(field: number, value: string): Message {
  return bytesField(field, new TextEncoder().encode(value));
}

export function bytesField(field: number, value: Uint8Array): Message {
  return messageField(field, ofBytes(value));
}

/** A message inside another one. */
export function messageField(field: number, value: Message): Message {
  const head = Uint8Array.from([...varint(BigInt(field * 8 + 2)), ...varint(BigInt(value.length))]);
  return { parts: [head, ...value.parts], length: head.length + value.length };
}

export function bytesOf({ parts, length }: Message): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const ofBytes = (bytes: Uint8Array): Message => ({ parts: [bytes], length: bytes.length });

/** Seven bits in each byte, the lowest first. */
function varint(value: bigint): readonly number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
}
