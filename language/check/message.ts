/**
 * Checks of what Mach tasks do with ports: what a message takes along, what can be asked to be told of, who starts whom.
 * Whether a task holds the right that it names only a run can tell.
 */
import { constantValue } from '../constants.ts';
import * as ast from '../generated/ast.ts';
import { sentences, suggestion } from '../nearest.ts';
import { programsOf, roomOf, scriptOf, spanOf, spanOfHead, spanOfProperty, tasksOf } from '../tree.ts';
import { title, type Type } from '../types.ts';
import type { FunctionWord, Room } from '../vocabulary/functions.ts';
import { inheritances, names, notifications } from '../vocabulary/words.ts';
import { checkArguments, checkNode, checkNodeText, mustBeIn } from './call.ts';
import { mustFit, mustNotBeLess, type Check } from './context.ts';
import { checkExpression, checkName } from './expression.ts';

/** What stands between the parentheses of send, rpc and reply: after the first, each kind of thing once, and rights. */
export function checkMessage(cx: Check, call: ast.Call, word: FunctionWord): void {
  const [to, ...carried] = call.arguments;
  if (to === undefined || word.carries === undefined) {
    const what = word.carries === 'message' ? 'the message to answer' : 'the port to send to';
    cx.report('wrong-arguments', spanOfProperty(call, 'function'), `Say first ${what}: \`${word.name}(...)\`.`);
    return;
  }
  if (ast.isCarried(to)) {
    cx.report(
      'wrong-place',
      spanOf(to),
      'The first is whom the message is for; the rights that it takes along follow.',
    );
  } else mustFit(cx, to, [word.carries], word.carries === 'port' ? 'What is sent to' : 'What is answered');
  const said = new Set<Type>();
  for (const each of carried) if (!ast.isCarried(each)) checkContent(cx, each, word, said);
}

const parts: ReadonlyMap<Type, string> = new Map([
  ['text', 'operation'],
  ['int', 'body'],
  ['size', 'length'],
]);

function checkContent(cx: Check, value: ast.Expression, word: FunctionWord, said: Set<Type>): void {
  const type = cx.typing.of(value);
  if (type === 'unknown') return;
  const part = parts.get(type);
  if (part === undefined) {
    const how = type === 'port' ? '; to send a right write `copy`, `move` or `make send` in front of it' : '';
    const holds = `A message holds a text (its operation), a number, a length, rights and memory, not ${title(type)}${how}.`;
    const message = type === 'memory' ? 'Say what becomes of it: `copy`, `move` or `share` in front of memory.' : holds;
    cx.report('wrong-type', spanOf(value), message);
    return;
  }
  if (word.carries === 'message' && type === 'text') {
    cx.report('wrong-type', spanOf(value), 'An answer has no operation of its own: leave the text out.');
  } else if (said.has(type)) {
    cx.report('repeated', spanOf(value), `The message has its ${part} already: it has one.`);
  }
  said.add(type);
  if (type === 'size') mustNotBeLess(cx, value, 0, 'The length of a message');
}

export function checkCarried(cx: Check, carried: ast.Carried): void {
  checkExpression(cx, carried.right);
  const { share, make, receive } = carried;
  if (share) mustFit(cx, carried.right, ['memory'], 'What is shared');
  else if (!make && !receive) mustFit(cx, carried.right, ['port', 'memory'], 'What a message takes along');
  else mustFit(cx, carried.right, ['port'], 'What a message takes along');
  if (ast.isCall(carried.$container) && sends.includes(carried.$container.function)) return;
  const message = 'Rights travel in messages: write this between the parentheses of `send`, `rpc` or `reply`.';
  cx.report('wrong-place', spanOf(carried), message);
}

const sends: readonly string[] = ['send', 'rpc', 'reply'];

export function checkInheritance(cx: Check, inheritance: ast.Expression | undefined): void {
  const value = constantValue(inheritance);
  const known = names(inheritances);
  if (inheritance === undefined || typeof value !== 'string' || known.includes(value)) return;
  const { text, fix } = suggestion(value, known);
  const quoted = fix === undefined ? undefined : { title: fix.title, replacement: `"${fix.replacement}"` };
  cx.report('unknown-name', spanOf(inheritance), sentences(`Memory is not inherited by "${value}".`, text), quoted);
}

const ofTasks = 'a process has no ports of its own to speak of';

export function checkPortAllocate(cx: Check, made: ast.PortAllocate): void {
  mustBeIn(cx, made, ['task'], 'port', ofTasks);
  for (const member of made.members) {
    checkName(cx, member);
    mustFit(cx, member, ['port'], 'A member of a port set');
  }
}

export function checkLookup(cx: Check, lookup: ast.Lookup): void {
  mustBeIn(cx, lookup, ['task'], 'lookup', ofTasks);
  checkExpression(cx, lookup.name);
  mustFit(cx, lookup.name, ['text'], 'What is looked up');
}

export function checkPublish(cx: Check, publish: ast.PublishStatement): void {
  mustBeIn(cx, publish, ['task'], 'publish', ofTasks);
  checkName(cx, publish.port);
  mustFit(cx, publish.port, ['port'], 'What is published');
  checkExpression(cx, publish.name);
  mustFit(cx, publish.name, ['text'], 'The name that it is published as');
}

export function checkRequest(cx: Check, request: ast.RequestStatement): void {
  mustBeIn(cx, request, ['task'], 'request notification', ofTasks);
  for (const port of [request.port, request.notify]) {
    checkName(cx, port);
    mustFit(cx, port, ['port'], port === request.port ? 'What the notice is about' : 'Where the notice goes');
  }
  const known = names(notifications);
  if (known.includes(request.variant)) return;
  const { text, fix } = suggestion(request.variant, known);
  const message = sentences(`There is no notification \`${request.variant}\`.`, text);
  cx.report('unknown-name', spanOfProperty(request, 'variant'), message, fix);
}

export function checkStart(cx: Check, start: ast.Start): void {
  mustBeIn(cx, start, ['task', 'scenario'], 'start', 'a program makes processes with `fork` and `exec`');
  checkStarted(cx, start);
  if (start.node !== undefined) {
    checkPlace(cx, start.node, roomOf(start));
  } else if (roomOf(start) === 'scenario') {
    cx.report('wrong-arguments', spanOfHead(start), 'Say where the task starts: `start ... on NODE`.');
  }
}

/** A scenario names a node of its cluster; a task, which is bound to no cluster, has the name as a text. */
function checkPlace(cx: Check, place: ast.Expression, room: Room | undefined): void {
  if (room === 'scenario' && ast.isNameUse(place)) {
    checkNode(cx, place);
    return;
  }
  if (room === 'scenario' && ast.isTextLiteral(place)) {
    const fix = { title: `Write \`${place.value}\``, replacement: place.value };
    cx.report('wrong-type', spanOf(place), `Nodes are named without quotes: write \`${place.value}\`.`, fix);
    return;
  }
  if (room === 'task' && ast.isNameUse(place) && place.target.ref === undefined) {
    const { $refText: name } = place.target;
    const fix = { title: `Write \`"${name}"\``, replacement: `"${name}"` };
    cx.report('unknown-name', spanOf(place), `A task names nodes by text: write \`"${name}"\`.`, fix);
    return;
  }
  checkExpression(cx, place);
  if (room === 'scenario') mustFit(cx, place, ['node'], 'Where the task starts');
  else if (room === 'task') {
    mustFit(cx, place, ['text'], 'The node that the child starts on');
    checkNodeText(cx, place);
  }
}

function checkStarted(cx: Check, start: ast.Start): void {
  const span = spanOfProperty(start, 'task');
  const name = start.task.$refText;
  const task = start.task.ref;
  if (task !== undefined) {
    checkArguments(cx, task, start.arguments, span);
    return;
  }
  if (programsOf(scriptOf(start)).some((each) => each.name === name)) {
    cx.report('unknown-program', span, `\`${name}\` is a program: write \`spawn ${name}(...) on NODE\`.`);
    return;
  }
  const { text, fix } = suggestion(
    name,
    tasksOf(scriptOf(start)).map((each) => each.name),
  );
  cx.report('unknown-program', span, sentences(`There is no task \`${name}\`.`, text), fix);
}
