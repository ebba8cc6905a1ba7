/**
 * A row of a tree view, as plain data.
 *
 * Every view is a pure function from the state of the cluster to rows. What has changed is found afterwards, by applying
 * the same function to the state at the last stop and comparing the rows of one identity (changes.ts): so a view never
 * has to know about time. What a row says about itself stands in its facts; they make the tooltip, and they are what is
 * compared. A fact that is different at every moment, such as a clock, is shown but not compared (`quiet`).
 */

import type { ServerOwner } from './server-known.ts';

export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly quiet?: true;
}

/** What a row stands for: which commands of its menu make sense. It is the row's `viewItem` in package.json. */
export type RowKind =
  | 'node'
  | 'processor'
  | 'memory'
  | 'task'
  | 'thread'
  | 'capabilities'
  | 'group'
  | 'regions'
  | 'region'
  | 'file'
  | 'stream'
  | 'server'
  | 'port'
  | 'message'
  | 'waiting'
  | 'vproc'
  | 'request'
  | 'process'
  | 'migration'
  | 'stamp';

/** The identities in the state that a row is about. */
export interface Subject {
  readonly task?: number;
  readonly thread?: number;
  readonly pid?: number;
  /** Id of a port copy. */
  readonly port?: number;
  readonly server?: ServerOwner;
  /** A pipe or a socket, by what it is called. */
  readonly stream?: string;
}

export interface Row {
  /** The same at every moment for the same thing, and different for any two rows of a view. */
  readonly id: string;
  readonly kind: RowKind;
  readonly label: string;
  readonly description: string;
  /** Name of a codicon, and of the theme colour that it is drawn in, if not the usual one. */
  readonly icon: string;
  readonly color?: string;
  readonly facts: readonly Fact[];
  readonly subject: Subject;
  /** Whether the row is open when it is first seen. */
  readonly open: boolean;
  readonly children: readonly Row[];
}

export const fact = (name: string, value: string | number): Fact => ({ name, value: String(value) });

export const quietFact = (name: string, value: string | number): Fact => ({ name, value: String(value), quiet: true });

/** The parts of a description that have something to say. */
export const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' · ');
