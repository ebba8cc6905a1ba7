/**
 * Checks of what is called, spawned, executed and migrated.
 */
import { constantValue } from '../constants.ts';
import * as ast from '../generated/ast.ts';
import { sentences, suggestion } from '../nearest.ts';
import {
  allNodesOf,
  clusterOf,
  hasServer,
  isManaged,
  nodesOf,
  programsOf,
  roomOf,
  scriptOf,
  tasksOf,
  spanOf,
  spanOfHead,
  spanOfProperty,
} from '../tree.ts';
import { fits, parameterType, title } from '../types.ts';
import {
  allRooms,
  functionNamed,
  functionNames,
  signature,
  type FunctionWord,
  type Room,
} from '../vocabulary/functions.ts';
import { callLeftOut, whyLeftOut } from '../vocabulary/not-modelled.ts';
import type { Span } from '../diagnostics.ts';
import { mustFit, type Check } from './context.ts';
import { checkExpression, checkName } from './expression.ts';
import { checkInheritance, checkMessage } from './message.ts';

/** Reports a statement or an expression that belongs in another kind of text, and what to write instead. */
export function mustBeIn(
  cx: Check,
  node: ast.Statement | ast.Expression,
  rooms: readonly Room[],
  word: string,
  instead: string,
): void {
  const room = roomOf(node);
  if (room === undefined || rooms.includes(room)) return;
  const places = rooms.map((each) => `a ${each}`).join(' or ');
  cx.report('wrong-place', spanOfHead(node), `\`${word}\` belongs in ${places}; ${instead}.`);
}

export function checkCall(cx: Check, call: ast.Call): void {
  const room = roomOf(call);
  const span = spanOfProperty(call, 'function');
  if (room === undefined) {
    cx.report('not-constant', span, 'Nothing can be called here: use numbers and constants only.');
    return;
  }
  const word = functionNamed(call.function, room);
  if (word === undefined) {
    tellUnknown(cx, call, room);
    return;
  }
  if (word.result === 'nothing' && !ast.isCallStatement(call.$container)) {
    cx.report('no-value', spanOf(call), `\`${word.name}\` gives no value: write it as a statement of its own.`);
  }
  if (word.result === 'residual' && !ast.isFieldUse(call.$container)) {
    cx.report(
      'no-value',
      spanOf(call),
      `Ask for one of its fields, for example \`${call.$cstNode?.text ?? word.name}.pma\`.`,
    );
  }
  checkFunctionArguments(cx, call, word);
}

function tellUnknown(cx: Check, call: ast.Call, room: Room): void {
  const name = call.function;
  const span = spanOfProperty(call, 'function');
  const leftOut = room === 'program' ? callLeftOut(name) : undefined;
  if (leftOut !== undefined) return cx.report('not-modelled', span, whyLeftOut(name, leftOut));
  const others = allRooms.filter((each) => functionNamed(name, each) !== undefined);
  if (others.length > 0) {
    const places = others.map((each) => `a ${each}`).join(' or ');
    cx.report('wrong-place', span, `\`${name}\` belongs in ${places}; it cannot be called in a ${room}.`);
    return;
  }
  if (programsOf(scriptOf(call)).some((each) => each.name === name)) {
    const how = room === 'scenario' ? `spawn ${name}(...) on NODE` : `fork { exec ${name}(...) }`;
    cx.report('unknown-function', span, `\`${name}\` is a program: write \`${how}\`.`);
    return;
  }
  if (tasksOf(scriptOf(call)).some((each) => each.name === name)) {
    const where = room === 'scenario' ? ' on NODE' : '';
    cx.report('unknown-function', span, `\`${name}\` is a Mach task: write \`start ${name}(...)${where}\`.`);
    return;
  }
  const { text, fix } = suggestion(name, functionNames(room));
  cx.report('unknown-function', span, sentences(`There is no function \`${name}\`.`, text), fix);
}

function checkFunctionArguments(cx: Check, call: ast.Call, word: FunctionWord): void {
  if (word.carries !== undefined) return checkMessage(cx, call, word);
  if (word.parameters === null) return;
  const most = word.parameters.length;
  const least = word.parameters.filter(({ optional }) => optional !== true).length;
  if (call.arguments.length < least || call.arguments.length > most) {
    const span = spanOfProperty(call, 'function');
    cx.report('wrong-arguments', span, `Write \`${signature(word)}\`, with ${count(least, most)}.`);
    return;
  }
  word.parameters.forEach(({ name, types }, index) => {
    const argument = call.arguments[index];
    if (argument !== undefined) mustFit(cx, argument, types, `The ${name} of \`${word.name}\``);
  });
  if (word.name === 'random') checkRandom(cx, call);
  if (word.name === 'open') checkFlags(cx, call.arguments[1]);
  if (word.name === 'migrate') checkNodeText(cx, call.arguments[1]);
  if (word.name === 'norma_get_special_port') checkNodeText(cx, call.arguments[0]);
  if (word.name === 'vm_allocate') checkInheritance(cx, call.arguments[2]);
}

function count(least: number, most: number): string {
  if (most === 0) return 'nothing between the parentheses';
  const number = least === most ? `${most}` : `${least} or ${most}`;
  return `${number} argument${most === 1 ? '' : 's'}`;
}

function checkRandom(cx: Check, { arguments: [low, high] }: ast.Call): void {
  if (low !== undefined && high !== undefined) mustFit(cx, high, [cx.typing.of(low)], 'The high of `random`');
}

function checkFlags(cx: Check, flags: ast.Expression | undefined): void {
  if (flags === undefined || ast.isBinary(flags) || constantValue(flags) !== undefined) return;
  if (cx.typing.of(flags) !== 'flags') return;
  cx.report(
    'not-constant',
    spanOf(flags),
    'Open flags must be known before the run: join `read`, `write` and `create`.',
  );
}

/** Programs and tasks name nodes by text; a name that no cluster of the script has is a slip. */
export function checkNodeText(cx: Check, node: ast.Expression | undefined): void {
  const name = constantValue(node);
  if (node === undefined || typeof name !== 'string') return;
  const known = allNodesOf(scriptOf(node)).map((each) => each.name);
  if (known.length === 0 || known.includes(name)) return;
  const { text, fix } = suggestion(name, known);
  const quoted = fix === undefined ? undefined : { title: fix.title, replacement: `"${fix.replacement}"` };
  cx.report('unknown-node', spanOf(node), sentences(`No cluster has a node \`${name}\`.`, text), quoted);
}

/** Where a program forks or executes, if it says so. */
export function checkPlace(cx: Check, node: ast.Expression | undefined): void {
  if (node === undefined) return;
  checkExpression(cx, node);
  mustFit(cx, node, ['text'], 'The node');
  checkNodeText(cx, node);
}

/** The program of a spawn or exec, and its arguments. */
export function checkProgramCall(cx: Check, call: ast.Spawn | ast.ExecStatement): void {
  const span = spanOfProperty(call, 'program');
  const program = call.program.ref;
  const name = call.program.$refText;
  if (program === undefined) {
    if (tasksOf(scriptOf(call)).some((each) => each.name === name)) {
      cx.report('unknown-program', span, `\`${name}\` is a Mach task: write \`start ${name}(...) on NODE\`.`);
      return;
    }
    const known = programsOf(scriptOf(call)).map((each) => each.name);
    const { text, fix } = suggestion(name, known);
    cx.report('unknown-program', span, sentences(`There is no program \`${name}\`.`, text), fix);
    return;
  }
  checkArguments(cx, program, call.arguments, span);
}

/** The arguments of a program or a task, one for each of its parameters. */
export function checkArguments(
  cx: Check,
  called: ast.ProgramDeclaration | ast.TaskDeclaration,
  given: readonly ast.Expression[],
  span: Span,
): void {
  if (!cx.whole.has(called)) return;
  const { name, parameters } = called;
  const { length } = parameters;
  if (length !== given.length) {
    const list = parameters.map((each) => `${each.name}: ${each.parameterType}`).join(', ');
    cx.report('wrong-arguments', span, `Write \`${name}(${list})\`, with ${count(length, length)}.`);
    return;
  }
  parameters.forEach((parameter, index) => {
    const argument = given[index];
    const type = parameterType(parameter.parameterType);
    if (argument !== undefined) mustFit(cx, argument, [type], `The ${parameter.name} of \`${name}\``);
  });
}

export function checkSpawn(cx: Check, spawn: ast.Spawn): void {
  mustBeIn(cx, spawn, ['scenario'], 'spawn', 'a program makes processes with `fork` and `exec`');
  checkProgramCall(cx, spawn);
  if (spawn.node === undefined) return checkPlaced(cx, spawn);
  const node = checkNode(cx, spawn.node);
  if (node === undefined || isManaged(node)) return;
  const message = `The node \`${node.name}\` has no PMA, so no process can start there: spawn it elsewhere, or add \`pma\`.`;
  cx.report('no-pma', spanOf(spawn.node), message);
}

/** Without a node it goes where the cluster's `placement` says: there has to be somewhere. */
function checkPlaced(cx: Check, spawn: ast.Spawn): void {
  const cluster = clusterOf(spawn);
  if (cluster === undefined || !cx.whole.has(cluster) || nodesOf(cluster).some((node) => hasServer(node, 'pma')))
    return;
  const message = `No node of the cluster \`${cluster.name}\` has a PMA, so no process can start: add \`pma\` to one of them.`;
  cx.report('no-pma', spanOfProperty(spawn, 'program'), message);
}

/** Checks a name that stands for a node; the node, if it is one of a declaration that can be looked into. */
export function checkNode(cx: Check, use: ast.NameUse): ast.NodeDeclaration | undefined {
  checkName(cx, use);
  const target = use.target.ref;
  if (target !== undefined && !fits(cx.typing.of(use), 'node')) {
    const given = title(cx.typing.of(use));
    cx.report(
      'wrong-type',
      spanOf(use),
      `A node of the cluster must stand here; \`${use.target.$refText}\` is ${given}.`,
    );
  }
  if (!ast.isNodeDeclaration(target)) return undefined;
  return cx.whole.has(target.$container) ? target : undefined;
}
