/** The part of the world that distributed memory adds: which kernels use a vm object, and what they may do with it. */
import { table, type Table } from '../base/table.ts';
import type { DipcWorld } from '../dipc/world.ts';
import type { MemoryObject } from './memory-object.ts';

export interface XmmTables {
  readonly memoryObjects: Table<MemoryObject>;
}

export interface XmmWorld extends DipcWorld, XmmTables {}

export function xmmTables(): XmmTables {
  return { memoryObjects: table() };
}
