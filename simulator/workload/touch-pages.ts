/** Touching memory: of a process its regions, of a Mach task what it has made or mapped. */
import { NONE, at } from '../base/table.ts';
import { EXC_BAD_ACCESS } from '../mach/exception-ports.ts';
import type { Thread } from '../mach/thread.ts';
import { touch, type Touched } from '../mach/vm/fault.ts';
import { regionNamed } from '../mach/vm/region.ts';
import { Fault, number } from './evaluate.ts';
import type { WorkloadFrame } from './frame.ts';
import { next, stay } from './locals.ts';
import type { Instruction } from './program.ts';
import type { WorkloadWorld } from './world.ts';

/** What a program or a task dies of. */
const memoryFaults: Readonly<Record<Exclude<Touched, 'present' | 'wait'>, string>> = {
  KERN_INVALID_ADDRESS: 'there is no such page in REGION',
  KERN_PROTECTION_FAILURE: 'REGION may not be touched like that',
  KERN_MEMORY_ERROR: 'a page of REGION is lost with the node that had it',
};

/** Page after page, until one has to be waited for; then the same page again. */
export function touchPages(
  w: WorkloadWorld,
  t: Thread,
  f: WorkloadFrame,
  name: string,
  instruction: Extract<Instruction, { op: 'touch' | 'touch_memory' }>,
): void {
  const region = regionNamed(w, at(w.tasks, t.task), name);
  const last = number(w, f.locals, instruction.last);
  if (f.page === NONE) f.page = number(w, f.locals, instruction.first);
  if (region === null || f.page < 0 || last >= region.pages) {
    const { page } = f;
    f.page = NONE;
    const size = region?.pages ?? 0;
    const exception = { type: EXC_BAD_ACCESS, code: 'KERN_INVALID_ADDRESS', subcode: page };
    throw new Fault(`pages ${page} .. ${last} are outside ${name}, which has ${size}`, instruction.span, exception);
  }
  while (f.page <= last) {
    const touched = touch(w, t, region, f.page, instruction.write);
    if (touched === 'wait') return stay(t, f);
    if (touched !== 'present') {
      const exception = { type: EXC_BAD_ACCESS, code: touched, subcode: f.page };
      f.page = NONE;
      throw new Fault(memoryFaults[touched].replace('REGION', name), instruction.span, exception);
    }
    f.page++;
  }
  f.page = NONE;
  next(t, f);
}
