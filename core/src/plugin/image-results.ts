import { counted } from '../text/counted.js';
import { isFigures, isList, isObject, type ResultRule } from './result-forms.js';

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0;

/** Says what is wrong with an image; levels of bytes are allowed where images are stored. */
function imageFault(image: unknown, isStored: boolean): string | undefined {
  const form = `{ height, width, channels, data } with ${isStored ? 'a Uint8Array or ' : ''}a Float32Array of height x width x channels values`;
  const { height, width, channels, data } = isObject(image) ? image : {};
  const isData = data instanceof Float32Array || (isStored && data instanceof Uint8Array);
  const fits = [height, width, channels].every(isCount) && isData;
  return fits && data.length === Number(height) * Number(width) * Number(channels) ? undefined : form;
}

const image: ResultRule = {
  fault: result => {
    const form = imageFault(result, false);
    return form && `must return ${form}`;
  },
};

const augmented: ResultRule = {
  fault: (result, _, { views }) => {
    const { length } = views as readonly unknown[];
    if (!Array.isArray(result) || result.length !== length) return `must return a list of ${counted(length, 'view')}`;
    const form = result.map(one => imageFault(one, false)).find(fault => fault !== undefined);
    return form && `must return views as ${form}`;
  },
};

function setFault(set: unknown): string | undefined {
  if (!isObject(set)) return 'must return a set of images';
  const { length, channels, read, fingerprint } = set;
  if (!Number.isSafeInteger(length) || Number(length) < 0) return 'must return a set with a `length` of at least 0';
  if (!isCount(channels)) return 'must return a set with a positive number of `channels`';
  const methods = Object.entries({ read, fingerprint }).find(([, method]) => typeof method !== 'function');
  if (methods) return `must return a set with the method \`${methods[0]}\``;
  return labelFault(set) ?? optionalFault(set);
}

type Values = Readonly<Record<string, unknown>>;

function labelFault({ length, labels, multiLabels, classes }: Values): string | undefined {
  const isNames = classes === undefined || (Array.isArray(classes) && classes.every(one => typeof one === 'string'));
  if (!isNames) return 'must return a set whose `classes` are a list of texts';
  if (
    labels !== undefined &&
    !(labels instanceof Int32Array && labels.length === length && labels.every(one => one >= 0))
  )
    return 'must return a set whose `labels` are an Int32Array with one entry of at least 0 an image';
  if (multiLabels === undefined) return undefined;
  const marks = Number(length) * (classes?.length ?? 0);
  const isMarks =
    multiLabels instanceof Int8Array &&
    multiLabels.length === marks &&
    multiLabels.every(mark => mark >= -1 && mark <= 1);
  return isMarks && labels === undefined
    ? undefined
    : 'must return a set whose `multiLabels` are an Int8Array of 1, 0 and -1 with one entry an image and class, with `classes` and without `labels`';
}

/** Members that a set may have, with the form of each. */
const OPTIONAL: Readonly<Record<string, readonly [form: string, is: (value: unknown) => boolean]>> = {
  size: ['[height, width]', value => Array.isArray(value) && value.length === 2 && value.every(isCount)],
  leftOut: [
    'a list of { file, reason }',
    value => isList(value, ({ file, reason }) => [file, reason].every(text => typeof text === 'string')),
  ],
  fileName: ['a method', value => typeof value === 'function'],
  quickFingerprint: ['a method', value => typeof value === 'function'],
  share: ['a method', value => typeof value === 'function'],
};

function optionalFault(set: Values): string | undefined {
  const wrong = Object.entries(OPTIONAL).find(([key, [, is]]) => set[key] !== undefined && !is(set[key]));
  return wrong && `must return a set whose \`${wrong[0]}\` is ${wrong[1][0]}`;
}

/** Rules for readers, datasets and parts that make views. */
export const imageRules: Readonly<Record<string, Readonly<Record<string, ResultRule>>>> = {
  dataset: {
    split: { isAsync: true, wrap: 'images', fault: set => (set === undefined ? undefined : setFault(set)) },
  },
  reader: { read: { isAsync: true, wrap: 'images', fault: setFault } },
  augmenter: { augment: augmented, plain: image },
  augmentation: { apply: image },
};

/** Rules for image sets. */
export const setRules: Readonly<Record<string, ResultRule>> = {
  read: {
    isAsync: true,
    fault: (images, [indices]) => {
      const { length } = indices as readonly number[];
      if (!Array.isArray(images) || images.length !== length) return `must return ${counted(length, 'image')}`;
      const form = images.map(one => imageFault(one, true)).find(fault => fault !== undefined);
      return form && `must return images as ${form}`;
    },
  },
  fileName: { fault: name => (typeof name === 'string' ? undefined : 'must return a name as text') },
  quickFingerprint: {
    isAsync: true,
    fault: quick =>
      isObject(quick) && typeof quick.sha256 === 'string' && isFigures(quick.bytes)
        ? undefined
        : 'must return { sha256, bytes }',
  },
  fingerprint: {
    isAsync: true,
    fault: hash => (typeof hash === 'string' && hash !== '' ? undefined : 'must return a hash as text'),
  },
};
