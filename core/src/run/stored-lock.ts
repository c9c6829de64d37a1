import { isJsonObject } from '../files/json-object.js';
import type { Lock } from './lock.js';

/** True for the content of a `lock.json`, as far as it is read. */
export function isLock(stored: unknown): stored is Lock {
  if (!isJsonObject(stored) || stored.format !== 1) return false;
  const { pipeline, seed, data, backend, plugins, initialWeights, workers = 1, changes = [] } = stored;
  return (
    typeof pipeline === 'string' &&
    typeof seed === 'number' &&
    isText(initialWeights) &&
    isData(data) &&
    isJsonObject(backend) &&
    typeof backend.name === 'string' &&
    Array.isArray(plugins) &&
    plugins.every(isPlugin) &&
    isCount(workers) &&
    Array.isArray(changes) &&
    changes.every(isChange)
  );
}

function isChange(stored: unknown): boolean {
  if (!isJsonObject(stored) || !isCount(stored.step)) return false;
  const { kind, from, to, pipeline, data } = stored;
  if (kind === 'epochs') return isCount(from) && isCount(to) && typeof pipeline === 'string';
  if (kind === 'workers') return isCount(from) && isCount(to);
  if (kind === 'backend') return typeof from === 'string' && typeof to === 'string';
  return kind === 'data' && isData(data);
}

function isData(stored: unknown): boolean {
  return isJsonObject(stored) && Object.values(stored).every(isSplit);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isSplit(stored: unknown): boolean {
  return isJsonObject(stored) && typeof stored.images === 'number' && isText(stored.sha256) && isText(stored.quick);
}

function isPlugin(stored: unknown): boolean {
  return isJsonObject(stored) && typeof stored.name === 'string' && isText(stored.path);
}

function isText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}
