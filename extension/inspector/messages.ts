/**
 * What the page of an inspector and the extension say to each other: the page gets the whole sheet at every change, and
 * keeps its filter to itself.
 */
import type { ShownMoment } from '../views/moment.ts';
import type { Sheet } from '../views/sheet.ts';

export interface ShownSheet extends ShownMoment {
  readonly sheet: Sheet | null;
  /** What is said where there is no such thing at this moment. */
  readonly missing: string;
}

export type FromInspector = { readonly kind: 'ready' } | { readonly kind: 'copy'; readonly text: string };
