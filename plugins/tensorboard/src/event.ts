import { maskedCrc } from './crc32c.js';

/** Content of an event: the version of the format, the start of a session, or scalars by tag. */
export type EventContent =
  | { readonly version: string }
  | { readonly sessionStart: true }
  | { readonly scalars: Readonly<Record<string, number>> };

/** Field numbers of the messages. @see tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 };
const SUMMARY_VALUE = 1;
const VALUE = { tag: 1, simpleValue: 2 };
const SESSION_STATUS = 1;
const STARTED = 1;

/** Types of encoded fields in protocol buffers. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/** An event as a record of an event file. `seconds` is the time since 1970. */
export function eventRecord(step: number, seconds: number, content: EventContent): Uint8Array {
  // As usual in protocol buffers, a number of 0 is left out.
  const place = step > 0 ? [field(EVENT.step, VARINT), varint(step)] : [];
  return record(Buffer.concat([field(EVENT.wallTime, FIXED64), float64(seconds), ...place, encoded(content)]));
}

function encoded(content: EventContent): Buffer {
  if ('version' in content) return message(EVENT.fileVersion, Buffer.from(content.version));
  if ('sessionStart' in content) return message(EVENT.sessionLog, Buffer.concat([field(SESSION_STATUS, VARINT), varint(STARTED)])); // prettier-ignore
  const values = Object.entries(content.scalars).map(([tag, value]) =>
    message(
      SUMMARY_VALUE,
      Buffer.concat([message(VALUE.tag, Buffer.from(tag)), field(VALUE.simpleValue, FIXED32), float32(value)]),
    ),
  );
  return message(EVENT.summary, Buffer.concat(values));
}

/** Length, its checksum, content and its checksum. */
function record(content: Uint8Array): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(content.length));
  return Buffer.concat([length, uint32(maskedCrc(length)), content, uint32(maskedCrc(content))]);
}

function message(number: number, content: Uint8Array): Buffer {
  return Buffer.concat([field(number, LENGTH), varint(content.length), content]);
}

function field(number: number, type: number): Buffer {
  return varint(number * 8 + type);
}

/** Seven bits a byte, lowest first; the highest bit says that more follow. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

function float64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
