/**
 * A PM Master has come back, and asks what there is: the PMA takes the right to it, and reports its processes with the
 * relations that it knows, and the ends that it could tell nobody. The processes that are on their way out are reported
 * too, and those on their way in: one of the two PMAs is right, and the PM Master chooses (pm-master/recover.ts).
 *
 * Where there is a PM Master on each node it is the broker who asks, because another one has failed (pm-master/take-over.ts):
 * for what belongs to none of those that are up. The PMA keeps the right to the PM Master beside it.
 */
import { NONE, at } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { MAKE_SEND } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { finish, routine, step } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { wakeAll } from '../../mach/thread.ts';
import { blockOf } from '../pm-master/blocks.ts';
import type { ExitReport } from '../pm-master/exit.ts';
import { childrenChannel, type ProcState, type Relations } from '../proc.ts';
import type { OsfWorld } from '../world.ts';
import { pmaOf } from './pma.ts';

/** A process as its PMA knows it. */
export interface Reported {
  readonly pid: number;
  readonly name: string;
  readonly relations: Relations;
  readonly children: readonly number[];
  readonly migrations: number;
  readonly state: ProcState;
  /** It is on its way to another node. */
  readonly leaving: boolean;
}

/** Body of `pma.report`: blocks of pids that are somebody's, and not asked for. */
export interface ReportWanted {
  readonly but: readonly number[];
}

/**
 * What `pma.report` answers; with it comes a right to the PMA for every process. `parents` are processes that are not asked
 * for, with those of their children that are.
 */
export interface PmaReport {
  readonly node: number;
  readonly processes: readonly Reported[];
  readonly parents: readonly Pick<Reported, 'pid' | 'children' | 'leaving'>[];
  readonly ends: readonly ExitReport[];
}

export const pmaReport = routine<OsfWorld, Request>(
  'pma.report',
  'tells a PM Master that has come back what there is',
  [
    step('take the right to it', (w, t, f) => {
      const pma = pmaOf(w, t);
      const before = pma.master;
      const [master] = f.names;
      if (master === undefined) return;
      pma.master = master;
      if (before !== NONE) kernelCall(w, t, pma.self, 'mach_port_deallocate', { body: { name: before } });
    }),
    step('report', (w, t, f) => {
      const { but } = f.body as ReportWanted;
      const isWanted = (pid: number): boolean => !but.includes(blockOf(pid));
      const pma = pmaOf(w, t);
      const here = w.procs.rows.filter((proc) => proc.live && proc.node === pma.node);
      // init may have waited for a PM Master to come back.
      for (const proc of here) wakeAll(w, at(w.tasks, t.task), childrenChannel(proc));
      const all = here.map(({ pid, name, relations, children, migrations, state, list }) => {
        const leaving = list === 'migrating' && state !== 'attaching';
        return { pid, name, relations: { ...relations }, children: [...children], migrations, state, leaving };
      });
      const processes = all.filter(({ pid }) => isWanted(pid));
      const parents = all
        .filter(({ pid, children }) => !isWanted(pid) && children.some(isWanted))
        .map(({ pid, children, leaving }) => ({ pid, leaving, children: children.filter(isWanted) }));
      const ends = pma.untold.filter(({ pid }) => isWanted(pid));
      pma.untold.splice(0, pma.untold.length, ...pma.untold.filter((each) => !ends.includes(each)));
      const body: PmaReport = { node: pma.node, processes, parents, ends };
      const rights = processes.map(() => ({ name: pma.service, disposition: MAKE_SEND }));
      finish(t, { body, rights } satisfies Payload);
    }),
  ],
);
