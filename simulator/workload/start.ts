/** Starting a scenario, and knowing the statement that a thread is about to begin. */
import { NONE, at } from '../base/table.ts';
import { bootRight } from '../dipc/boot.ts';
import { HOST_PRIVILEGED_PORT, hostPort } from '../dipc/special-ports.ts';
import { clusterOf } from '../osf1/configuration.ts';
import { lookup } from '../mach/ipc/space.ts';
import { call, framesOf } from '../mach/routine.ts';
import { taskCreate, taskPort, type Task } from '../mach/task.ts';
import { threadCreate, threadStart, type Thread } from '../mach/thread.ts';
import { frameOf, type WorkloadFrame } from './frame.ts';
import { bootNameServer } from './name-server.ts';
import { PERFORM, instructionAt, interpreter } from './interpret.ts';
import type { Instruction } from './program.ts';
import type { WorkloadWorld } from './world.ts';

/**
 * The operator's task and the scenario's first thread. The task is on the node with the console, or on the PM Master's, and has
 * a right to every PMA, and to every kernel if the scenario starts Mach tasks.
 */
export function startScenario(w: WorkloadWorld): void {
  const { image, scenario: unit } = w.setup;
  const scenario = image.scenarios[unit]!;
  const chosen = clusterOf(w).nodes.findIndex((each) => each.console);
  const node = chosen >= 0 ? chosen : (w.pmMasters.rows[0]?.node ?? 0);
  const task = taskCreate(w, node, 'mach', 'operator', 0);
  w.operator.task = task.id;
  w.operator.locals = scenario.slots.map(() => null);
  w.operator.pmas = w.nodes.rows.map((each) => {
    const pma = w.pmas.rows.find(({ node: home }) => home === each.id);
    if (pma === undefined) return NONE;
    const { space } = at(w.tasks, pma.task);
    return bootRight(w, at(w.ports, lookup(space, pma.service)!.port), task);
  });
  if (scenario.code.some(({ op }) => op === 'start')) prepareTasks(w, task, node);
  const t = threadCreate(w, task, scenario.name);
  call(t, interpreter, frameOf('scenario', unit, []));
  threadStart(w, t);
}

/**
 * Who starts Mach tasks has a right to every kernel. They are told of the name server if one of them will ask it, and get
 * the host-privileged port of their node if one of them asks for special ports.
 */
function prepareTasks(w: WorkloadWorld, task: Task, node: number): void {
  const { operator } = w;
  operator.self = bootRight(w, taskPort(w, task), task);
  operator.kernels = w.nodes.rows.map((each) => bootRight(w, taskPort(w, at(w.tasks, each.kernelTask)), task));
  const { programs } = w.setup.image;
  if (programs.some(({ code }) => code.some(usesSpecialPorts))) {
    operator.hosts = w.nodes.rows.map(({ id }) => bootRight(w, hostPort(w, node, id, HOST_PRIVILEGED_PORT), task));
  }
  const named = programs.some(({ code }) => code.some(usesNames));
  if (named) operator.nameServer = bootNameServer(w, node, task);
}

const usesNames = (each: Instruction): boolean =>
  each.op === 'mach' && (each.call === 'publish' || each.call === 'lookup');

const usesSpecialPorts = (each: Instruction): boolean =>
  each.op === 'mach' && (each.call === 'norma_get_special_port' || each.call === 'norma_set_special_port');

/** Where a thread is about to begin an instruction. */
interface Next {
  readonly thread: number;
  readonly unit: { readonly kind: 'program' | 'scenario'; readonly index: number };
  readonly pc: number;
  readonly depth: number;
}

/** The statement that the thread would begin with its next step, or null if it is in the middle of something. */
export function nextStatementOf(w: WorkloadWorld, t: Thread): Next | null {
  const { top } = t;
  if (top === null || top.routine !== interpreter.index) return null;
  if (interpreter.steps[top.step]?.name !== PERFORM) return null;
  const frame = top.data as WorkloadFrame;
  if (!instructionAt(w, frame).statement || frame.begun) return null;
  const { kind, unit: index, pc } = frame;
  return { thread: t.identity, unit: { kind, index }, pc, depth: framesOf(t).length };
}
