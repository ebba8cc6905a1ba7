/**
 * What stands around the cursor, read off the tokens alone: while somebody types, the tree is full of holes just there.
 */
import type { Lexer } from 'langium';
import type { Type } from '../types.ts';
import { parameterType } from '../types.ts';
import type { Room } from '../vocabulary/functions.ts';
import { systemCalls } from '../vocabulary/system-calls.ts';
import { fieldsOf } from '../vocabulary/words.ts';

export type Token = ReturnType<Lexer['tokenize']>['tokens'][number];

export type Around = 'script' | 'cluster' | 'node' | 'program' | 'task' | 'scenario' | 'parentheses';

export interface VisibleVariable {
  readonly name: string;
  readonly type: Type;
  /** What it was started as, if it is a Mach task. */
  readonly task?: string | undefined;
}

export interface Outline {
  /** The tokens before the cursor, without the word that is being typed. */
  readonly before: readonly Token[];
  /** The innermost thing that is open at the cursor; `parentheses` of a call or a parameter list. */
  readonly around: Around;
  /** The kind of text at the cursor, whatever brackets are open in it. */
  readonly room: Room | undefined;
  readonly variables: readonly VisibleVariable[];
  /** The cluster of the scenario at the cursor. */
  readonly cluster: string | undefined;
}

interface Open {
  readonly around: Around;
  readonly variables: VisibleVariable[];
}

const braceOf: Readonly<Record<string, Around>> = {
  cluster: 'cluster',
  node: 'node',
  program: 'program',
  task: 'task',
  scenario: 'scenario',
};

export function outlineAt(tokens: readonly Token[], offset: number): Outline {
  const before = tokens.filter(({ endOffset }) => endOffset !== undefined && endOffset < offset);
  const last = before.at(-1);
  if (last?.endOffset === offset - 1 && /^\w+$/.test(last.image)) before.pop();

  const open: Open[] = [{ around: 'script', variables: [] }];
  let heading: Around | undefined;
  let parameters: VisibleVariable[] = [];
  let cluster: string | undefined;
  let room: Outline['room'];
  before.forEach(({ image }, index) => {
    const next = before[index + 1]?.image;
    const around = open.at(-1)?.around ?? 'script';
    if (open.length === 1) {
      if (image in braceOf && image !== 'node') {
        heading = braceOf[image];
        room = heading === 'program' || heading === 'task' || heading === 'scenario' ? heading : undefined;
        parameters = [];
        cluster = undefined;
      }
      if (image === 'on' && heading === 'scenario') cluster = next;
    }
    if (image === 'node' && around === 'cluster') heading = 'node';
    if (image === ':' && (room === 'program' || room === 'task')) {
      parameters.push({ name: before[index - 1]?.image ?? '', type: parameterType(next) });
    }
    if (image === '{') {
      open.push({ around: heading ?? around, variables: parameters });
      heading = undefined;
      parameters = [];
    } else if (image === '(') {
      open.push({ around: 'parentheses', variables: [] });
    } else if ((image === '}' || image === ')') && open.length > 1) {
      open.pop();
    } else if (image === 'let' && next !== undefined) {
      const visible = open.flatMap(({ variables }) => variables);
      const value = before.slice(index + 3, index + 6);
      const task = value[0]?.image === 'start' ? value[1]?.image : undefined;
      open.at(-1)?.variables.push({ name: next, type: typeOfValue(value, visible), task });
    } else if (image === 'count' && next !== undefined && (around === 'task' || around === 'program')) {
      open.at(-1)?.variables.push({ name: next, type: 'int' });
    } else if (image === 'thread' && next !== undefined && next !== '{' && around === 'program') {
      open.at(-1)?.variables.push({ name: next, type: 'thread' });
    } else if (image === 'for' && next !== undefined) {
      parameters = [{ name: next, type: 'int' }];
    }
  });
  const around = open.at(-1)?.around ?? 'script';
  return { before, around, room, variables: open.flatMap(({ variables }) => variables), cluster };
}

/** The type of a value by how it begins: enough to know whose fields to offer. */
function typeOfValue([first, second, third]: readonly Token[], visible: readonly VisibleVariable[]): Type {
  switch (first?.image) {
    case 'spawn':
    case 'fork':
      return 'process';
    case 'start':
      return 'task';
    case 'port':
    case 'lookup':
    case 'norma_get_special_port':
      return 'port';
    case 'receive':
    case 'rpc':
      return second?.image === '(' ? 'message' : 'unknown';
    case 'vm_allocate':
    case 'vm_map':
      return 'memory';
    case 'migrate':
      return second?.image === '(' ? 'int' : 'migration';
    default: {
      if (second?.image === '(') return resultOf(first?.image) ?? 'unknown';
      const type = visible.find(({ name }) => name === first?.image)?.type ?? 'unknown';
      if (second?.image !== '.') return type;
      return fieldsOf(type).find(({ name }) => name === third?.image)?.type ?? 'unknown';
    }
  }
}

/** What a system call of this name gives. */
const resultOf = (called: string | undefined): Type | undefined =>
  systemCalls.find(({ name }) => name === called)?.result;

const messages: readonly (string | undefined)[] = ['receive', 'rpc'];

/** The task that the variable before the `.` was started as, as far as the tokens tell. */
export function receiverTask({ before, variables }: Outline): string | undefined {
  return variables.findLast(({ name }) => name === before.at(-2)?.image)?.task;
}

/** The type of what a `.` before the cursor belongs to. */
export function receiverType({ before, variables }: Outline): Type {
  const receiver = before.at(-2);
  if (receiver?.image !== ')') return variables.findLast(({ name }) => name === receiver?.image)?.type ?? 'unknown';
  let depth = 0;
  for (let index = before.length - 2; index >= 0; index--) {
    const image = before[index]?.image;
    if (image === ')') depth += 1;
    if (image === '(') depth -= 1;
    const called = before[index - 1]?.image;
    if (depth === 0)
      return called === 'residual' ? called : messages.includes(called) ? 'message' : (resultOf(called) ?? 'process');
  }
  return 'unknown';
}
