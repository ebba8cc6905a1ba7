/**
 * Checks of what is called, spawned, executed and migrated.
 */
import { constantValue } from '../constants.ts';
import * as ast from '../generated/ast.ts';
import { sentences, suggestion } from '../nearest.ts';
import { allNodesOf, hasServer, programsOf, roomOf, scriptOf, spanOf, spanOfHead, spanOfProperty } from '../tree.ts';
import { fits, parameterType, title } from '../types.ts';
import { functionNamed, functionNames, signature, type FunctionWord, type Room } from '../vocabulary/functions.ts';
import { mustFit, type Check } from './context.ts';
import { checkName } from './expression.ts';

/** Reports a statement or an expression that belongs in the other kind of text, and what to write instead. */
export function mustBeIn(
  cx: Check,
  node: ast.Statement | ast.Expression,
  room: Room,
  word: string,
  instead: string,
): void {
  if (roomOf(node) === room) return;
  cx.report('wrong-place', spanOfHead(node), `\`${word}\` belongs in a ${room}; ${instead}.`);
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
  if (functionNamed(name, room === 'program' ? 'scenario' : 'program') !== undefined) {
    const place = room === 'program' ? 'a scenario' : 'a program';
    cx.report('wrong-place', span, `\`${name}\` belongs in ${place}; it cannot be called in a ${room}.`);
    return;
  }
  if (programsOf(scriptOf(call)).some((each) => each.name === name)) {
    const how = room === 'program' ? `fork { exec ${name}(...) }` : `spawn ${name}(...) on NODE`;
    cx.report('unknown-function', span, `\`${name}\` is a program: write \`${how}\`.`);
    return;
  }
  const { text, fix } = suggestion(name, functionNames(room));
  cx.report('unknown-function', span, sentences(`There is no function \`${name}\`.`, text), fix);
}

function checkFunctionArguments(cx: Check, call: ast.Call, word: FunctionWord): void {
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

/** A program names nodes by text; a name that no cluster of the script has is a slip. */
function checkNodeText(cx: Check, node: ast.Expression | undefined): void {
  const name = constantValue(node);
  if (node === undefined || typeof name !== 'string') return;
  const known = allNodesOf(scriptOf(node)).map((each) => each.name);
  if (known.length === 0 || known.includes(name)) return;
  const { text, fix } = suggestion(name, known);
  const quoted = fix === undefined ? undefined : { title: fix.title, replacement: `"${fix.replacement}"` };
  cx.report('unknown-node', spanOf(node), sentences(`No cluster has a node \`${name}\`.`, text), quoted);
}

/** The program of a spawn or exec, and its arguments. */
export function checkProgramCall(cx: Check, call: ast.Spawn | ast.ExecStatement): void {
  const span = spanOfProperty(call, 'program');
  const program = call.program.ref;
  const name = call.program.$refText;
  if (program === undefined) {
    const known = programsOf(scriptOf(call)).map((each) => each.name);
    const { text, fix } = suggestion(name, known);
    cx.report('unknown-program', span, sentences(`There is no program \`${name}\`.`, text), fix);
    return;
  }
  if (!cx.whole.has(program)) return;
  const { parameters } = program;
  if (parameters.length !== call.arguments.length) {
    const list = parameters.map((each) => `${each.name}: ${each.parameterType}`).join(', ');
    const { length } = parameters;
    cx.report('wrong-arguments', span, `Write \`${name}(${list})\`, with ${count(length, length)}.`);
    return;
  }
  parameters.forEach((parameter, index) => {
    const argument = call.arguments[index];
    const type = parameterType(parameter.parameterType);
    if (argument !== undefined) mustFit(cx, argument, [type], `The ${parameter.name} of \`${name}\``);
  });
}

export function checkSpawn(cx: Check, spawn: ast.Spawn): void {
  mustBeIn(cx, spawn, 'scenario', 'spawn', 'a program makes processes with `fork` and `exec`');
  checkProgramCall(cx, spawn);
  const node = checkNode(cx, spawn.node);
  if (node === undefined || hasServer(node, 'pma')) return;
  const message = `The node \`${node.name}\` has no PMA, so no process can start there: spawn it elsewhere, or add \`pma\`.`;
  cx.report('no-pma', spanOf(spawn.node), message);
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
