/** nice, getpriority and setpriority in the emulator: all of it is asked of the PMA (pma/priority.ts). */
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { finish, routine, step, type Routine } from '../../mach/routine.ts';
import type { Nice, Priority } from '../pma/priority.ts';
import type { OsfWorld } from '../world.ts';
import { failed } from './errno.ts';
import { askPma } from './terminal.ts';

function asking<D extends object>(
  name: string,
  story: string,
  operation: string,
  value: (body: Nice) => number,
): Routine {
  return routine<OsfWorld, D>(`emulator.${name}`, story, [
    step('ask the PMA', (_w, t, f) => askPma(t, operation, { ...f })),
    step('return', (_w, t) => {
      const { code, body } = t.result as Payload;
      finish(t, code === 'KERN_SUCCESS' ? value(body as Nice) : failed(code));
    }),
  ]);
}

const nice = asking<{ readonly increment: number }>('nice', 'gives way to others', 'pma.nice', (body) => body.nice);
const getpriority = asking<Priority>('getpriority', 'how nice are they', 'pma.priority', (body) => body.nice);
const setpriority = asking<Priority>('setpriority', 'makes processes nice', 'pma.priority', () => 0);

export const emulatorPriority = { nice, getpriority, setpriority } as const;
