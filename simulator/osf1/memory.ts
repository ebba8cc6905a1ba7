/**
 * The address space of a process [paper section 4: the null process has 13 regions].
 *
 * Nine regions belong to the emulator and the libraries it brings. They exist once on every node with a PMA, in a task
 * without threads; a spawned process is cloned from it, as a forked one is from its parent. exec adds the program's
 * own four. The seven that can be written are copied on write, and with the program's data that makes eight regions
 * with a shadow.
 */
import { at } from '../base/table.ts';
import { taskCreate, type Task } from '../mach/task.ts';
import { objectCreate, setPage } from '../mach/vm/object.ts';
import { regionAdd } from '../mach/vm/region.ts';
import type { OsfWorld } from './world.ts';

/** Regions of one page each; what can be written is inherited by copying. */
const emulatorRegions: readonly (readonly [name: string, protection: string])[] = [
  ['emulator text', 'r-x'],
  ['emulator data', 'rw-'],
  ['emulator bss', 'rw-'],
  ['emulator stack', 'rw-'],
  ['library text', 'r-x'],
  ['library data', 'rw-'],
  ['library bss', 'rw-'],
  ['user area', 'rw-'],
  ['message buffers', 'rw-'],
];

/** Maps the emulator into a task, at boot. */
export function mapEmulator(w: OsfWorld, task: Task): void {
  for (const [name, protection] of emulatorRegions) {
    const object = objectCreate(w, task.node, name, 'anonymous', 1);
    setPage(w, object, 0, 0);
    regionAdd(w, task, object, { name, pages: 1, protection, inheritance: protection === 'r-x' ? 'share' : 'copy' });
  }
}

export const templateName = (w: OsfWorld, node: number): string => `emulator@${at(w.nodes, node).name}`;

/** The task that processes of a node are cloned from. */
export function templateTask(w: OsfWorld, node: number): Task {
  const task = taskCreate(w, node, 'mach', templateName(w, node), 0);
  mapEmulator(w, task);
  return task;
}
