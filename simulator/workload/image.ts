/** What exec is told about the image of a program: its file, and the sizes of its regions in pages. */
import { BYTES_PER_PAGE } from '../mach/vm/object.ts';
import type { ImageToMap } from '../osf1/emulator/exec.ts';
import { imagePath } from '../osf1/image-path.ts';
import type { Program } from './program.ts';

export function imageOf(program: Program): ImageToMap {
  const { name, layout } = program;
  const pages = (bytes: number): number => Math.max(1, Math.ceil(bytes / BYTES_PER_PAGE));
  const { text, data, bss, stack } = layout;
  return { name, path: imagePath(program), text: pages(text), data: pages(data), bss: pages(bss), stack: pages(stack) };
}
