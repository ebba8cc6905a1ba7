/**
 * What the capability table's page and the extension say to each other.
 *
 * The page says `ready` when it can receive, and asks for nothing else: it gets the whole table at every change, since a
 * table that is seen is small, and whatever order and filter the reader has chosen belongs to the page alone.
 */
import type { CapabilityTable } from '../views/capabilities.ts';
import type { ShownMoment } from '../views/moment.ts';

export interface Shown extends ShownMoment {
  readonly table: CapabilityTable | null;
}

export type FromPage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'reveal' }
  | { readonly kind: 'inspect'; readonly port: number };
