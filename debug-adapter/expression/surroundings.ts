/**
 * What the names in an expression mean: what the present stop is about, the locals of a frame, and the cluster.
 *
 *   names      now, event, and every member of the inspected state: scenario, seed, nodes, tasks, ports, ...
 *   functions  pid(7)  task("cc1")  task(3)  node("dest")  port(12)
 *              identity("source.14")  object(3)  migration(1)  ledger("...")
 *
 * The fields of the workload language work on the locals of a script: `cc.node`, `m.freeze_time`; so does the name of a
 * node, so that a condition can be taken over from the script as it stands.
 *
 * What is asked for and does not exist is null, so that a condition may test for it. The state is gathered only when an
 * expression reaches for it: a condition on locals costs no inspection.
 */
import { eventCount, now } from '../../simulator/engine/simulation.ts';
import type { Notice } from '../../simulator/engine/api.ts';
import type { StackFrame } from '../../simulator/inspect/stack.ts';
import type { StartedTaskState } from '../../simulator/inspect/state-started.ts';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { countsOf, scriptFrame, stateOf, typeOfLocal, type Run } from '../run.ts';
import type { Surrounding } from './evaluate.ts';
import { fieldOf, identityOf, processOf } from './fields.ts';

/** Where an expression stands: in a frame, in a thread (its frame of the script), at a notice, or nowhere in particular. */
export interface Standpoint {
  readonly frame?: StackFrame | null;
  readonly thread?: number | null;
  readonly notice?: Notice;
}

type Find = (state: ClusterState, key: unknown) => unknown;

/** What the functions find. */
const finders: Readonly<Record<string, Find>> = {
  pid: (state, key) => processOf(state, key),
  task: (state, key) => state.tasks.find((task) => task.task === key || task.name === key) ?? null,
  node: (state, key) => state.nodes.find(({ node }) => node === key) ?? null,
  port: (state, key) => state.ports.find(({ port, label }) => port === key || label === key) ?? null,
  identity: (state, key) => identityOf(state, key),
  object: (state, key) => state.memoryObjects.find(({ object }) => object === key) ?? null,
  migration: (state, key) => state.migrations.find(({ migration }) => migration === key) ?? null,
  ledger: (state, key) => state.ledger.find(({ activity }) => activity === key) ?? null,
};

/** Members of the inspected state that have a name of their own in expressions. */
const members = [
  'scenario',
  'seed',
  'finished',
  'digest',
  'nodes',
  'tasks',
  'started',
  'ports',
  'identities',
  'memoryObjects',
  'procs',
  'vprocs',
  'openFiles',
  'streams',
  'processes',
  'migrations',
  'pmas',
  'pmMasters',
  'monitor',
  'expectations',
  'output',
] as const;

export const functionNames: readonly string[] = Object.keys(finders);
export const globalNames: readonly string[] = ['now', 'event', ...members];

export function surroundings(run: Run, standpoint: Standpoint): Surrounding {
  const { notice } = standpoint;
  let frame = standpoint.frame;

  function locals(): StackFrame['locals'] {
    frame ??= typeof standpoint.thread === 'number' ? scriptFrame(run, standpoint.thread) : null;
    return frame?.locals ?? [];
  }

  function counts(): StartedTaskState['counts'] {
    locals();
    return frame ? countsOf(stateOf(run), frame) : [];
  }

  function member(name: string, property: string): unknown {
    const part = locals().find((each) => each.name === `${name}.${property}`);
    if (part !== undefined) return part.value; // what a received message consists of
    const local = locals().find((each) => each.name === name);
    const type = frame ? typeOfLocal(run.script, frame, name) : undefined;
    if (type === 'message' && property === 'reply') return local?.value;
    return local === undefined || type === undefined ? undefined : fieldOf(stateOf(run), type, local.value, property);
  }

  function global(name: string): unknown {
    if (name === 'now') return now(run.sim);
    if (name === 'event') return eventCount(run.sim);
    const part = members.find((each) => each === name);
    if (part !== undefined) return stateOf(run)[part];
    return stateOf(run).nodes.find(({ node }) => node === name)?.node;
  }

  return {
    name: (name) =>
      (notice && noticeMember(run, notice, name)) ??
      locals().find((local) => local.name === name)?.value ??
      counts().find((count) => count.name === name)?.value ??
      global(name),
    call: (name, operands) => (Object.hasOwn(finders, name) ? finders[name]?.(stateOf(run), operands[0]) : undefined),
    member,
    names: () => [...locals().map(({ name }) => name), ...globalNames, ...functionNames],
  };
}

/**
 * A phase also tells the name of the process and the two nodes, a notice without a node nothing. What a kernel does has a
 * `name`; `event` goes on to be the number of the moment.
 */
function noticeMember(run: Run, notice: Notice, name: string): unknown {
  if (notice.kind === 'protocol' && (name === 'name' || name === 'event'))
    return name === 'name' ? notice.event : undefined;
  if (name !== 'kind' && name !== 'thread' && Object.hasOwn(notice, name))
    return (notice as unknown as Record<string, unknown>)[name];
  if (notice.kind !== 'phase' || !['name', 'from', 'to', 'by'].includes(name)) return undefined;
  const migration = stateOf(run).migrations.find((each) => each.migration === notice.migration);
  return migration?.[name as 'name' | 'from' | 'to' | 'by'];
}
