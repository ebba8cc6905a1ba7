/** The part of the world that distributed memory adds: nothing beyond vm objects, whose pagers may be other kernels. */
import type { DipcWorld } from '../dipc/world.ts';

export type XmmWorld = DipcWorld;
