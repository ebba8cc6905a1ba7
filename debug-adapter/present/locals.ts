/**
 * The locals of a frame: variables of the script, or the data of a routine of the system.
 *
 * What has no name (the limit of a loop) is the compiler's own. The compiler knows what a variable of the script counts: a time is shown in its unit, a process and a node by name.
 */
import type { Type } from '../../language/compile.ts';
import { showSize, showTime } from '../../language/vocabulary/units.ts';
import type { StackFrame } from '../../simulator/inspect/stack.ts';
import type { ClusterState, TaskState } from '../../simulator/inspect/state.ts';
import type { Script } from '../breakpoints/breakpoints.ts';
import { countsOf, typeOfLocal } from '../run.ts';
import type { Shown } from './shown.ts';
import { presentValue } from './value.ts';

export function presentLocals(script: Script, state: ClusterState, frame: StackFrame): readonly Shown[] {
  const task = state.tasks.find(({ threads }) => threads.some(({ thread }) => thread === frame.thread));
  const rows = frame.locals
    .filter(({ name }) => name !== '')
    .map(({ name, value }) => {
      const row = presentValue(name, value, name);
      const type = typeOfLocal(script, frame, name);
      if (type === undefined || typeof value !== 'number') return row;
      return { ...row, value: inWords(type, value, state, task), type };
    });
  const shown = rows.filter(({ name }) => !name.includes('.')).map((row) => withParts(row, rows));
  return [...shown, ...countsOf(state, frame).map(({ name, value }) => presentValue(name, value, name))];
}

/** What a received message consists of stands below it: `m.body` below `m`. */
function withParts(row: Shown, rows: readonly Shown[]): Shown {
  const parts = rows.filter(({ name }) => name.startsWith(`${row.name}.`));
  if (parts.length === 0) return row;
  const named = parts.map((part) => ({ ...part, name: part.name.slice(row.name.length + 1) }));
  // The variable itself stands for the right that the message is answered with.
  const reply = {
    ...row,
    name: 'reply',
    ...(row.expression === undefined ? {} : { expression: `${row.expression}.reply` }),
  };
  const body = named.map(({ name, value }) => `${name}: ${value}`).join(', ');
  return { ...row, value: body, children: () => [...named, reply] };
}

function inWords(type: Type, value: number, state: ClusterState, task: TaskState | undefined): string {
  switch (type) {
    case 'time':
      return showTime(value);
    case 'size':
      return showSize(value);
    case 'process': {
      const process = state.processes.find(({ pid }) => pid === value);
      return process === undefined ? `pid ${value}` : `pid ${value} ${process.name}`;
    }
    case 'task': {
      const started = state.started.find((each) => each.started === value);
      return started === undefined ? 'none' : `${started.name}${started.alive ? ` on ${started.node}` : ', ended'}`;
    }
    case 'port': {
      const entry = task?.capabilities.find(({ name }) => name === value);
      return value < 0
        ? 'none'
        : `0x${value.toString(16)}${entry === undefined ? '' : ` ${entry.type} ${entry.label}`}`;
    }
    case 'node':
      return state.nodes[value]?.node ?? String(value);
    default:
      return String(value);
  }
}
