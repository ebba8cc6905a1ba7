/**
 * init, pid 1: the parent of spawned processes and of orphans, put together by hand before time 0, and again when its node
 * boots again: then its PMA says so to the others (pma/init.ts).
 */
import { openAccount } from '../base/ledger.ts';
import { NONE, at } from '../base/table.ts';
import { bootRight } from '../dipc/boot.ts';
import { EXCEPTION_DEFAULT, EXC_MASK_ALL, setAction } from '../mach/exception-ports.ts';
import { portAllocate } from '../mach/ipc/right.ts';
import { threadPort } from '../mach/kernel-services/objects.ts';
import type { Port } from '../mach/ipc/port.ts';
import { call } from '../mach/routine.ts';
import { taskCreate, taskPort } from '../mach/task.ts';
import { threadCreate, threadStart } from '../mach/thread.ts';
import { bootPort, portUnder } from './boot-task.ts';
import { initProgram } from './emulator/calls.ts';
import { emulatorSignals } from './emulator/signals.ts';
import { newEmulator } from './emulator/state.ts';
import { rootServer } from './file-server/file.ts';
import { mapEmulator } from './memory.ts';
import { SUPERUSER } from './users.ts';
import type { CredentialsEntry, CredentialsServer } from './credentials/entry.ts';
import type { Pma } from './pma/pma.ts';
import { INIT, masterEntryAllocate, type PmMaster } from './pm-master/entry.ts';
import { procAllocate } from './proc.ts';
import { becomeLocal, vprocAllocate } from './vproc.ts';
import type { OsfWorld } from './world.ts';

/** A process like all others, sitting in wait(); only nobody was there to fork it. */
export function bootInit(w: OsfWorld, pma: Pma, credentials: CredentialsServer): void {
  const { node } = pma;
  const activity = openAccount(w.ledger, 'init (pid 1)', INIT).id;
  const task = taskCreate(w, node, 'process', 'init', activity);
  task.pid = INIT;
  mapEmulator(w, task);
  const server = at(w.tasks, pma.task);
  const main = threadCreate(w, task, 'main');
  const signals = threadCreate(w, task, 'signals');
  const proc = procAllocate(w, pma, INIT);
  proc.name = 'init';
  proc.relations = { parent: INIT, group: INIT, session: INIT };
  proc.state = 'running';
  proc.uid = SUPERUSER;
  proc.activity = activity;
  proc.migratable = false;
  proc.processPort = bootPort(w, { task: server, set: pma.set }, 'pid 1@pma');
  const superuser = superuserOf(w, credentials);
  const ports = [
    taskPort(w, task),
    threadPort(w, main),
    threadPort(w, signals),
    portUnder(w, server, proc.processPort),
    portUnder(w, at(w.tasks, credentials.task), superuser.port),
  ];
  for (const port of ports) bootRight(w, port, task);
  const root = rootServer(w);
  if (root !== null) {
    const holder = at(w.tasks, root.task);
    for (const name of [root.root, root.home, root.terminal]) bootRight(w, portUnder(w, holder, name), task);
  }
  const emulator = newEmulator(SUPERUSER);
  emulator.exceptionPort = portAllocate(w, task, 'init.exception');
  emulator.signalPort = portAllocate(w, task, 'init.signal');
  task.emulator = emulator;
  const exception = portUnder(w, task, emulator.exceptionPort);
  exception.mscount++;
  setAction(w, task, EXC_MASK_ALL, exception.id, EXCEPTION_DEFAULT, NONE);
  const right = (port: Port): number => bootRight(w, port, server);
  proc.names = {
    task: right(ports[0]!),
    mainThread: right(ports[1]!),
    signalThread: right(ports[2]!),
    exception: right(exception),
    signal: right(portUnder(w, task, emulator.signalPort)),
    credentials: right(ports[4]!),
    root: pma.root,
    directory: pma.directory,
    terminal: pma.terminal,
  };
  becomeLocal(vprocAllocate(w, node, INIT), proc.id);
  call(main, initProgram, {});
  threadStart(w, main);
  call(signals, emulatorSignals, {});
  threadStart(w, signals);
}

/** What the PM Master and the credentials server know of init before time 0. */
export function introduceInit(w: OsfWorld, pma: Pma, master: PmMaster, credentials: CredentialsServer): void {
  const { node } = pma;
  superuserOf(w, credentials).holders.push({ pid: INIT, user: SUPERUSER, node });
  const entry = masterEntryAllocate(w, master, { pid: INIT, parent: INIT, name: 'init', group: INIT, session: INIT });
  entry.node = node;
  entry.capability = bootRight(w, portUnder(w, at(w.tasks, pma.task), pma.service), at(w.tasks, master.task));
}

function superuserOf(w: OsfWorld, { id }: CredentialsServer): CredentialsEntry {
  return w.credentials.rows.find(({ live, server, uid }) => live && server === id && uid === SUPERUSER)!;
}
