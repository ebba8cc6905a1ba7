/**
 * What a step may go into, where more than one thread has a part in what a thread does:
 *
 *   whoever takes the next step           as a step without a target: the causal stack moves
 *   the receiver of its next message      wherever that is: follows a message that nobody waits for
 *   pma@source on source: vproc.signal    this thread of the causal stack, however long the others work meanwhile
 *
 * The number of a target is good until the cluster moves. A thread has the number of its identity, behind the others.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { stack } from '../../simulator/engine/simulation.ts';
import type { StackFrame } from '../../simulator/inspect/stack.ts';
import { moverOf, moverStack } from '../mover.ts';
import { intoReceiver, intoSystem, intoThread } from '../motions/steps.ts';
import type { Goal } from '../motions/forward.ts';
import type { Run } from '../run.ts';

interface StepInTarget extends DebugProtocol.StepInTarget {
  readonly goal: () => Goal;
}

const nextStep = 1;
const receiver = 2;
const firstThread = 3;

export function stepInTargets(run: Run, thread: number, pid: number | null): readonly StepInTarget[] {
  const frames = [...moverStack(run, moverOf(run, thread)), ...stack(run.sim, thread)];
  const innermost = new Map<number, StackFrame>();
  for (const frame of frames) if (!innermost.has(frame.thread)) innermost.set(frame.thread, frame);
  return [
    { id: nextStep, label: 'whoever takes the next step', goal: () => intoSystem(run, thread, pid) },
    { id: receiver, label: 'the receiver of its next message', goal: () => intoReceiver(run, thread, pid) },
    ...[...innermost].map(([own, frame]) => ({
      id: firstThread + own,
      label: inWords(frame),
      goal: () => intoThread(run, own, pid),
    })),
  ];
}

function inWords({ task, node, name, doing }: StackFrame): string {
  const where = task.endsWith(`@${node}`) ? task : `${task} on ${node}`;
  return doing === '' || name === task ? `${where}: ${doing || name}` : `${where}: ${name}, ${doing}`;
}
