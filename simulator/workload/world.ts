/** What the interpreter sees of the world: all of it. */
import type { MigrationWorld } from '../migration/record.ts';

export type WorkloadWorld = MigrationWorld;
