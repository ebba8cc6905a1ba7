/**
 * What the page of an inspector and the extension say to each other: the page gets the whole sheet at every change, and
 * keeps its filter to itself.
 */
import type { Sheet } from '../views/sheet.ts';

export interface ShownSheet {
  readonly sheet: Sheet | null;
  /** What is said where there is no such thing at this moment. */
  readonly missing: string;
  /** Virtual time and event in words. */
  readonly when: string;
  readonly isRunning: boolean;
  readonly isOver: boolean;
}

export type FromInspector = { readonly kind: 'ready' } | { readonly kind: 'copy'; readonly text: string };
