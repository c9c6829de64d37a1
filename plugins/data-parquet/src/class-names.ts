import type { FileMetaData } from 'hyparquet';

/** Class names of a label column in the metadata that Hugging Face writes; undefined if there are none. */
export function classNamesIn(
  { key_value_metadata: entries }: FileMetaData,
  column: string,
): readonly string[] | undefined {
  const text = entries?.find(({ key }) => key === 'huggingface')?.value;
  try {
    const names = (JSON.parse(text ?? '{}') as Described).info?.features?.[column]?.names;
    const valid = Array.isArray(names) && names.length > 0 && names.every(name => typeof name === 'string');
    return valid && new Set(names).size === names.length ? names : undefined;
  } catch {
    return undefined;
  }
}

interface Described {
  readonly info?: { readonly features?: Readonly<Record<string, { readonly names?: readonly string[] } | undefined>> };
}
