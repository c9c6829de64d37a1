import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { seededStreams, type Random } from '@carl-ssl/core';
import sharp from 'sharp';

/** Number and size of generated images. */
export interface Photographs {
  readonly images: number;
  readonly width: number;
  readonly height: number;
  readonly classes: number;
}

/** Side of the patterns that images are enlarged from. */
const SIDE = 24;
/** Deviation of the noise of each pixel, as of a camera. */
const NOISE = 8;

/**
 * Writes JPEGs into one folder for each class: smooth random colours with waves whose direction and length are those of the
 * class, and noise.
 */
export async function writePhotographs(folder: string, { images, width, height, classes }: Photographs): Promise<void> {
  const random = seededStreams(0).at('photographs');
  for (let label = 0; label < classes; label++) mkdirSync(join(folder, `class-${label}`), { recursive: true });
  for (let i = 0; i < images; i++) {
    const label = i % classes;
    const small = sharp(pattern(label / classes, random), { raw: { width: SIDE, height: SIDE, channels: 3 } });
    const smooth = await small.resize(width, height, { kernel: 'cubic', fit: 'fill' }).raw().toBuffer();
    const noisy = smooth.map(level => Math.max(0, Math.min(255, level + NOISE * random.normal())));
    await sharp(noisy, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 90 })
      .toFile(join(folder, `class-${label}`, `${i}.jpg`));
  }
}

/** Levels [SIDE, SIDE, 3] of an image of the class at this share of all classes. */
function pattern(share: number, random: Random): Buffer {
  const [angle, length] = [Math.PI * share, 3 + 6 * share];
  const phase = 2 * Math.PI * random.uniform();
  const colours = Array.from({ length: 3 }, () => 80 + 60 * random.uniform());
  const wave = (x: number, y: number): number =>
    Math.sin((2 * Math.PI * (x * Math.cos(angle) + y * Math.sin(angle))) / length + phase);
  const levels = Array.from({ length: SIDE * SIDE * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % SIDE, Math.floor(i / 3 / SIDE)];
    return colours[i % 3] + 30 * wave(x, y) + 20 * random.normal();
  });
  return Buffer.from(levels.map(level => Math.max(0, Math.min(255, level))));
}
