import { types } from 'node:util';

/** The message of anything that was thrown, which need not be an error; never throws itself. */
export function messageOf(thrown: unknown): string {
  if (types.isProxy(thrown)) return 'a Proxy was thrown';
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'an object was thrown that has no message';
  }
}
