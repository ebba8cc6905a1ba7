// A sheet as text to compare with: the rows of a section, each with its mark.
import assert from 'node:assert/strict';
import type { Section, Sheet } from '../../extension/views/sheet.ts';

export function section(sheet: Sheet | null, key: string): Section {
  const found = sheet?.sections.find((each) => each.key === key);
  assert.ok(found, key);
  return found;
}

export const lines = (sheet: Sheet | null, key: string): string[] =>
  section(sheet, key).rows.map(({ mark, cells }) => `${mark} ${cells.map(({ text }) => text).join('|')}`);
