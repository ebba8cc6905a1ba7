/**
 * After a refusal the process is as it was when it was frozen, and what was kept for it is still to be done [mechanisms 5.8].
 *
 * Its proc is noted when it is detached: frozen, with no call in progress. When the migration has ended with the process put
 * back, the same proc must say the same in every field that anybody can ask about; the requests of Q are begun after that.
 */
import { at } from '../../base/table.ts';
import { procOf } from '../../osf1/proc.ts';
import { broken, type CheckedWorld } from '../checker.ts';
import type { Monitor } from './monitor.ts';

export const asItWas: Monitor = {
  rule: 'P9',
  story: 'a process that is put back after a refusal is as it was at the freeze, plus what was kept for it',
  begin() {
    /** By number of the migration. */
    const frozen = new Map<number, string>();
    return (w) => {
      for (const notice of w.notices) {
        if (notice.kind !== 'phase' || notice.phase !== 'detach') continue;
        frozen.set(notice.migration, observable(w, notice.migration));
      }
      for (const [migration, before] of frozen) {
        const { outcome, phase } = at(w.migrations, migration - 1);
        if (outcome === '') continue;
        frozen.delete(migration);
        const now = observable(w, migration);
        if (phase !== 'refused' || now === '' || now === before) continue;
        broken('P9', `a process was put back as ${now}; it was frozen as ${before}`);
      }
    };
  },
};

/** What its PMA has of the process, in words; nothing if it is gone, or on its way out. */
function observable(w: CheckedWorld, migration: number): string {
  const { pid, from } = at(w.migrations, migration - 1);
  const proc = procOf(w, from, pid);
  if (proc === null || proc.state === 'exiting') return '';
  // Which thread of the PMA waits for its timer is nobody's business.
  const { id: _, list: _list, callsInProgress: _calls, timer, ...rest } = proc;
  return JSON.stringify({ ...rest, timer: [timer.expires, timer.interval] });
}
