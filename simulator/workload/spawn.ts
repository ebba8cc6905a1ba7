/**
 * spawn in a scenario: the operator has a PMA make a process. With `on` it is the PMA of that node (or the only one that
 * there is). Without, it is the PMA of init, whose child the process is; if the cluster has a placement policy any PMA will do,
 * because it asks the policy, so that the next one is asked if that one has failed.
 */
import { NONE, at } from '../base/table.ts';
import { rpc } from '../mach/ipc/mach-msg.ts';
import { destinationOf } from '../mach/ipc/right.ts';
import { isKnownDown } from '../mach/node.ts';
import type { Thread } from '../mach/thread.ts';
import { clusterOf, homeOf, managerOf } from '../osf1/configuration.ts';
import { isGone } from '../osf1/pma/master-call.ts';
import { isPlaced } from '../osf1/pma/place.ts';
import type { Spawn } from '../osf1/pma/spawn.ts';
import { Fault, evaluate, number } from './evaluate.ts';
import { programFrame, type WorkloadFrame } from './frame.ts';
import { imageOf } from './image.ts';
import { localsOf, topFrame } from './locals.ts';
import { pmaOn } from './operator.ts';
import type { Instruction } from './program.ts';
import type { WorkloadWorld } from './world.ts';

type SpawnInstruction = Extract<Instruction, { op: 'spawn' }>;

export function performSpawn(w: WorkloadWorld, t: Thread, f: WorkloadFrame, instruction: SpawnInstruction): void {
  const locals = localsOf(w, f);
  const { span } = instruction;
  const node = instruction.node === null ? NONE : number(w, locals, instruction.node);
  const asked = node === NONE ? placer(w) : (managerOf(w, node)?.node ?? node);
  const pma = asked === NONE ? NONE : pmaOn(w, asked);
  if (pma === NONE) throw new Fault(`${w.nodes.rows[node]?.name ?? 'this cluster'} has no PMA`, span);
  const program = w.setup.image.programs[instruction.program]!;
  const operands = instruction.operands.map((each) => evaluate(w, locals, each));
  const frames = [programFrame(topFrame(t).routine, instruction.program, program, operands)];
  rpc(w, t, pma, 'pma.spawn', { body: { image: imageOf(program), frames, node } satisfies Spawn });
}

/** The node whose PMA is asked where a process is to go, and makes it if nobody says: that of init; if it is down, the next. */
function placer(w: WorkloadWorld): number {
  const home = homeOf(w);
  if (!isPlaced(w)) return home;
  return [home, ...clusterOf(w).nodes.keys()].find((node) => answers(w, node)) ?? home;
}

/** There is a PMA on the node, as far as the operator's kernel knows. */
function answers(w: WorkloadWorld, node: number): boolean {
  const operator = at(w.tasks, w.operator.task);
  if (node === NONE || isKnownDown(w, operator.node, node)) return false;
  const name = pmaOn(w, node);
  return name !== NONE && destinationOf(w, operator, name) !== NONE;
}

/** The PMA that was asked where to make the process has failed, and there is another one to ask: the instruction is performed again. */
export function isAskedAgain(w: WorkloadWorld, t: Thread, { node }: SpawnInstruction): boolean {
  return node === null && isGone(t.code) && isPlaced(w) && answers(w, placer(w));
}
