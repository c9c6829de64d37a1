import { isObject, type ResultRule } from './result-forms.js';

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
    if (!Array.isArray(result) || result.length !== length) return `must return a list of ${length} views`;
    const form = result.map(one => imageFault(one, false)).find(fault => fault !== undefined);
    return form && `must return views as ${form}`;
  },
};

function setFault(set: unknown): string | undefined {
  if (!isObject(set)) return 'must return a set of images';
  const { length, channels, labels, read, fingerprint } = set;
  if (!Number.isSafeInteger(length) || Number(length) < 0) return 'must return a set with a `length` of at least 0';
  if (!isCount(channels)) return 'must return a set with a positive number of `channels`';
  const methods = Object.entries({ read, fingerprint }).find(([, method]) => typeof method !== 'function');
  if (methods) return `must return a set with the method \`${methods[0]}\``;
  const isLabels = labels === undefined || (labels instanceof Int32Array && labels.length === length);
  return isLabels ? undefined : 'must return a set whose `labels` are an Int32Array with one entry an image';
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
      if (!Array.isArray(images) || images.length !== length) return `must return ${length} images`;
      const form = images.map(one => imageFault(one, true)).find(fault => fault !== undefined);
      return form && `must return images as ${form}`;
    },
  },
  fingerprint: {
    isAsync: true,
    fault: hash => (typeof hash === 'string' && hash !== '' ? undefined : 'must return a hash as text'),
  },
};
