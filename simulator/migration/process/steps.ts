/**
 * The protocol of process migration: seventeen steps, who performs each, and in which phase [mechanisms 5.5].
 *
 * This table is the map of the folder. The record of a migration says which step it is at; a debugger shows the line.
 */
import type { Phase } from '../../base/notice.ts';

export interface ProtocolStep {
  readonly number: number;
  readonly phase: Phase | '';
  /** The routine that performs it, and on which side. */
  readonly routine: string;
  readonly at: 'source' | 'destination';
  readonly story: string;
}

export const protocol: readonly ProtocolStep[] = [
  line(1, '', 'migration.migrate', 'source', 'every check is made and the decision is taken'),
  line(2, 'freeze', 'migration.freeze', 'source', 'requests for the process are kept, whole, and not handled'),
  line(3, 'freeze', 'migration.freeze', 'source', 'the task is suspended'),
  line(4, 'freeze', 'migration.freeze', 'source', 'system calls in progress are awaited, or cancelled'),
  line(5, 'detach', 'migration.detach', 'source', 'the process leaves the active list for the migrating list'),
  line(6, 'detach', 'migration.detach', 'source', 'its state is copied and marshalled'),
  line(7, 'detach', 'migration.detach', 'source', 'the destination is asked to take it; the call stays open'),
  line(8, '', 'migration.request', 'destination', 'admission: limits, memory, policy'),
  line(9, 'install', 'migration.request', 'destination', 'proc and vproc with the same pid'),
  line(10, 'install', 'sms', 'destination', 'the Mach task is pulled over; commit'),
  line(11, 'install', 'migration.request', 'destination', 'what is left of its state is installed'),
  line(12, 'attach', 'migration.attach', 'destination', 'rights that name the source PMA are replaced'),
  line(13, 'restart', 'migration.restart', 'destination', 'the PM Master learns of the new node'),
  line(14, 'restart', 'migration.restart', 'destination', 'the process is active and runs'),
  line(15, 'restart', 'migration.request', 'destination', 'the source gets the capability of the new PMA'),
  line(16, 'cleanup', 'migration.clean_up', 'source', 'kept requests are forwarded; nothing stays behind'),
  line(17, 'refused', 'migration.reinstate', 'source', 'the process is put back, then kept requests are handled'),
];

function line(number: number, phase: Phase | '', routine: string, at: ProtocolStep['at'], story: string): ProtocolStep {
  return { number, phase, routine, at, story };
}
