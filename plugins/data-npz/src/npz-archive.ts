import { CarlError, openZip, type PartReader, type ZipArchive } from '@carl-ssl/core';

/**
 * Opens an archive of arrays.
 * @param most bytes that an array may have after decompression
 * @throws CarlError INPUT_FILE, INPUT_DATA, also when an array is read
 */
export function openNpz(path: string, file: PartReader, most: number): Promise<ZipArchive> {
  return openZip(file, {
    refuse: (problem, cause) => {
      throw new CarlError(
        'INPUT_DATA',
        `${path} cannot be used as an npz archive: ${problem}. ${path.endsWith('.npy') ? 'It is a single array; write an archive of it with numpy.savez.' : 'Copy or write it again.'}`,
        { cause },
      );
    },
    check: ({ name, size }) => {
      if (size > most)
        throw new CarlError(
          'INPUT_DATA',
          `${path} has the array ${name} of ${size} bytes, and \`maxMegabytes\` allows ${most}. Raise \`maxMegabytes\` if the memory suffices, or store the images as files.`,
        );
    },
    checksums: true,
  });
}
