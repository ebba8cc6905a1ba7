/**
 * Memory is there as long as somebody refers to it: a region, a vm object, a message, a file that is mapped. What a message refers to stands in
 * the map of a kernel, and nothing else does, but copies of a send that is not over [mechanisms 1.11].
 */
import { NONE, at } from '../base/table.ts';
import { sendMemory, type Sending } from '../mach/ipc/send-memory.ts';
import { framesOf } from '../mach/routine.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const memoryKept: Checker = {
  rule: 'H7',
  story: 'memory is known by exactly those who refer to it',
  check(w) {
    const memories = new Int32Array(w.memories.rows.length);
    const objects = new Int32Array(w.objects.rows.length);
    const sent = new Int32Array(w.regions.rows.length);
    for (const message of w.messages.rows) {
      if (!message.live || message.memory.length === 0) continue;
      for (const { region, memory } of message.memory) {
        if (region !== NONE) sent[region]!++;
        if (memory !== NONE) memories[memory]!++;
      }
    }
    for (const region of w.regions.rows) {
      if (!region.live) {
        if (sent[region.id]! > 0) broken('H7', `a message refers to region ${region.id}, which is gone`);
        continue;
      }
      memories[region.memory]!++;
      objects[region.object]!++;
      const inKernel = at(w.tasks, region.task).kind === 'kernel';
      const keepers = inKernel && sent[region.id] === 0 && isBeingSent(w, region.name) ? 1 : sent[region.id]!;
      if (keepers !== (inKernel ? 1 : 0)) broken('H7', `${region.name} is in ${keepers} messages`);
    }
    for (const { live, memory, shadow } of w.objects.rows) {
      if (live && memory !== NONE) memories[memory]!++;
      if (live && shadow !== NONE) objects[shadow]!++;
    }
    for (const { live, mapped } of w.files.rows) if (live && mapped !== null) memories[mapped.memory]!++;
    for (const { live, id, references } of w.memories.rows) {
      if (live && references !== memories[id]) broken('H7', `memory ${id} counts ${references} of ${memories[id]}`);
    }
    for (const { live, id, references, label } of w.objects.rows) {
      if (live && references < objects[id]!) broken('H7', `${label} counts ${references} of ${objects[id]} users`);
    }
  },
};

/** Whether a thread has copied it for a message that it is about to send. */
function isBeingSent(w: CheckedWorld, name: string): boolean {
  return w.threads.rows.some(
    (t) => t.live && framesOf(t).some((f) => f.routine === sendMemory.index && (f.data as Sending).made.includes(name)),
  );
}
