/**
 * Checks of migrations: by what, and how a task is moved. Not every implementation knows every strategy [mechanisms 4.5]:
 * a script that asks for what there is not is told which of the two words to change.
 */
import * as ast from '../generated/ast.ts';
import { sentences, suggestion } from '../nearest.ts';
import { hasServer, spanOf, spanOfProperty } from '../tree.ts';
import { implementations, mechanisms, names, strategies, type Word } from '../vocabulary/words.ts';
import { checkNode, mustBeIn } from './call.ts';
import { mustFit, mustNotBeLess, type Check } from './context.ts';
import { checkExpression, checkName } from './expression.ts';

export function checkMigrate(cx: Check, migrate: ast.Migrate): void {
  mustBeIn(cx, migrate, ['scenario'], 'migrate ... to', 'a program writes `migrate(pid, "node")`');
  checkName(cx, migrate.process);
  mustFit(cx, migrate.process, ['process', 'task'], 'What is migrated');
  const node = checkNode(cx, migrate.node);
  const isTask = cx.typing.of(migrate.process) === 'task';
  const mechanism = migrate.mechanism ?? (isTask ? 'task' : 'process');
  if (!names(mechanisms).includes(mechanism)) {
    const { text, fix } = suggestion(mechanism, names(mechanisms));
    const span = spanOfProperty(migrate, 'mechanism');
    cx.report('unknown-mechanism', span, sentences(`Nothing migrates by \`${mechanism}\`.`, text), fix);
    return;
  }
  if (isTask && mechanism === 'process') {
    const message = 'A Mach task is not a process: migrate it `by task`.';
    const fix = { title: 'Write `task`', replacement: 'task' };
    cx.report('impossible-migration', spanOfProperty(migrate, 'mechanism'), message, fix);
    return;
  }
  checkHow(cx, migrate);
  checkCalls(cx, migrate, mechanism);
  checkProcess(cx, migrate, mechanism);
  if (mechanism === 'process' && node !== undefined && !hasServer(node, 'pma')) {
    const message = `The node \`${node.name}\` has no PMA to attach a process to: migrate \`by task\`, or add \`pma\`.`;
    cx.report('no-pma', spanOf(migrate.node), message);
  }
}

/** These move memory by reference only: what they are made of has no other way. */
const byReferenceOnly: readonly string[] = ['sms', 'in_kernel'];

function checkHow(cx: Check, migrate: ast.Migrate): void {
  const { strategy, agent, rounds, threshold } = migrate;
  const server = isKnown(cx, migrate, 'implementation', implementations, 'No migration server is called');
  const way = isKnown(cx, migrate, 'strategy', strategies, 'No memory travels by');
  if (server && way) checkCombination(cx, migrate);
  checkCount(cx, rounds, 1, 'The number of rounds', strategy);
  checkCount(cx, threshold, 0, 'The threshold', strategy);
  if (agent !== undefined) checkNode(cx, agent);
}

/** A task that is moved alone leaves its calls with its PMA. */
function checkCalls(cx: Check, migrate: ast.Migrate, mechanism: string): void {
  const part = migrate.calls !== undefined ? 'calls' : migrate.early ? 'early' : undefined;
  if (mechanism === 'process' || part === undefined) return;
  const message = 'A task that is moved alone leaves its calls with its PMA: migrate `by process`, or remove this.';
  cx.report('impossible-migration', spanOfProperty(migrate, part), message);
}

/** A PMA moves the task of a process itself, or has the server on its node do it that can supply the pages. */
const forTasksOnly: readonly string[] = ['user_level', 'in_kernel'];

function checkProcess(cx: Check, migrate: ast.Migrate, mechanism: string): void {
  const isOther = forTasksOnly.includes(migrate.implementation ?? '');
  const part = isOther ? 'implementation' : migrate.agent !== undefined ? 'agent' : undefined;
  if (mechanism === 'task' || part === undefined) return;
  const message = 'A process is moved by `sms` or `oms` of its new node: migrate it `by task`, or remove this.';
  cx.report('impossible-migration', spanOfProperty(migrate, part), message);
}

function isKnown(
  cx: Check,
  migrate: ast.Migrate,
  property: 'implementation' | 'strategy',
  words: readonly Word[],
  trouble: string,
): boolean {
  const name = migrate[property];
  if (name === undefined || names(words).includes(name)) return true;
  const { text, fix } = suggestion(name, names(words));
  cx.report('unknown-mechanism', spanOfProperty(migrate, property), sentences(`${trouble} \`${name}\`.`, text), fix);
  return false;
}

function checkCombination(cx: Check, migrate: ast.Migrate): void {
  const { implementation, strategy } = migrate;
  if (implementation === undefined || strategy === undefined || strategy === 'copy_on_reference') return;
  if (!byReferenceOnly.includes(implementation)) return;
  const message = `\`${implementation}\` moves memory by \`copy_on_reference\` only: for \`${strategy}\` write \`using oms\` or \`using user_level\`.`;
  const fix = { title: 'Write `copy_on_reference`', replacement: 'copy_on_reference' };
  cx.report('impossible-migration', spanOfProperty(migrate, 'strategy'), message, fix);
}

/** Rounds and threshold are what pre-copy is told. */
function checkCount(
  cx: Check,
  count: ast.Expression | undefined,
  least: 0 | 1,
  what: string,
  strategy: string | undefined,
): void {
  if (count === undefined) return;
  checkExpression(cx, count);
  mustFit(cx, count, ['int'], what);
  mustNotBeLess(cx, count, least, what);
  if (strategy === 'pre_copy') return;
  cx.report('impossible-migration', spanOf(count), `${what} is for \`pre_copy\` alone: write \`with pre_copy\`.`);
}
