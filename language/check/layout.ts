/**
 * The sizes of a program's regions: as its image says, and for what it does not say, those of a small program.
 */
import { constantNumber } from '../constants.ts';
import type { ProgramDeclaration } from '../generated/ast.ts';

const kilobyte = 1024;

const defaultLayout: ReadonlyMap<string, number> = new Map([
  ['text', 16 * kilobyte],
  ['data', 8 * kilobyte],
  ['bss', 8 * kilobyte],
  ['stack', 16 * kilobyte],
]);

/** Size in bytes, by region. */
export function regionSizes(program: ProgramDeclaration): Map<string, number> {
  const sizes = new Map(defaultLayout);
  for (const { region, size } of program.image?.regions ?? []) sizes.set(region, constantNumber(size) ?? 0);
  return sizes;
}
