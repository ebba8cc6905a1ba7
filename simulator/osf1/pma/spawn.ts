/**
 * spawn, by which an operator has a process made: a child of init that executes a program [mechanisms 5.3].
 *
 * If the operator does not say where, the policy of the cluster does (place.ts): the PMA that was asked has it made by
 * another one, and if that one has failed meanwhile by the next. Where there is no policy a child is beside its parent: the
 * operator has asked the PMA of init.
 */
import { copy } from '../../base/plain.ts';
import { NONE } from '../../base/table.ts';
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { call, finish, goTo, routine, step, type Frame } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { templateOn } from '../configuration.ts';
import { childInit } from '../emulator/child-init.ts';
import { emulatorExec, type ImageToMap } from '../emulator/exec.ts';
import { newEmulator } from '../emulator/state.ts';
import { newLimits } from '../limits.ts';
import { INIT } from '../pm-master/entry.ts';
import { noSignals } from '../signal-state.ts';
import { USER } from '../users.ts';
import type { OsfWorld } from '../world.ts';
import { createProcess, nothingMade, type Create } from './create.ts';
import { isGone } from './master-call.ts';
import { choosePlace, type ChoosePlace } from './place.ts';
import { peerOf, pmaOf } from './pma.ts';

/** Body of `pma.spawn`. */
export interface Spawn {
  readonly image: ImageToMap;
  /** Registers with which the program starts. */
  readonly frames: readonly Frame[];
  /** Node on which its task is made: another one only if processes are managed centrally; NONE: as the policy says. */
  readonly node: number;
}

interface SpawnCall extends Request {
  /** Where it is made, and nodes that were tried in vain. */
  place?: number;
  failed?: number[];
}

export const pmaSpawn = routine<OsfWorld, SpawnCall>('pma.spawn', 'makes a child of init that executes a program', [
  step('ask where, if the operator does not say', (w, t, f) => {
    const { node } = f.body as Spawn;
    f.place = node;
    if (node !== NONE) return goTo(w, t, 'make the process');
    call(t, choosePlace, { mover: NONE, but: [...(f.failed ?? [])] } satisfies ChoosePlace);
  }),
  step('have it made on another node', (w, t, f) => {
    const chosen = t.result as number;
    f.place = chosen === NONE ? t.node : chosen;
    if (f.place === t.node) return goTo(w, t, 'make the process');
    const peer = peerOf(w, pmaOf(w, t), f.place);
    const { image, frames } = f.body as Spawn;
    t.code = 'MACH_SEND_INVALID_DEST';
    const body: Spawn = { image, frames, node: f.place };
    if (peer !== NONE) rpc(w, t, peer, 'pma.spawn', { body });
  }),
  step('and on the next one, if that has failed', (w, t, f) => {
    if (!isGone(t.code)) return finish(t, { code: t.code, body: t.body } satisfies Payload);
    f.failed = [...(f.failed ?? []), f.place!];
    goTo(w, t, 'ask where, if the operator does not say');
  }),
  step('make the process', (w, t, f) => {
    const pma = pmaOf(w, t);
    const { image, frames } = f.body as Spawn;
    const { user, root, directory, terminal } = pma;
    const exec: Frame = {
      routine: emulatorExec.index,
      step: 0,
      current: 0,
      data: { image, frames: copy(frames), node: NONE, tries: 0 },
    };
    const init: Frame = { routine: childInit.index, step: 0, current: 0, data: { signalPort: -1, tries: 0 } };
    call(t, createProcess, {
      ...nothingMade,
      parent: INIT,
      program: image.name,
      uid: USER,
      realUid: USER,
      savedUid: USER,
      migrationGroup: 0,
      remote: false,
      from: templateOn(w, pma, f.place!),
      signals: noSignals(),
      limits: newLimits(),
      nice: 0,
      credentials: user,
      root,
      directory,
      terminal,
      frames: [exec, init],
      emulator: newEmulator(USER),
      files: [],
      rights: [],
    } satisfies Create);
  }),
  step('report the pid', (_w, t) => finish(t, t.result)),
]);
