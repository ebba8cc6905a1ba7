/**
 * Drawn jobs: a UNIX program and the processes that come of it, none of which has to do with another job. What they put
 * out is determined by the program (place.ts), so it can be compared.
 */
import type { Chance } from '../chance.ts';
import type { DrawnCluster } from '../cluster.ts';
import { become, child, childless, identity, loop, orphan, several, worker } from './family.ts';
import { copied, divided, duplicate, inTurn, mistakes, names, own, together } from './files.ts';
import { appended, nonblocking } from './flags.ts';
import { awaited, joined } from './groups.ts';
import { counted, pending, restarted, timed, told, toOneself } from './handlers.ts';
import { descriptors, nicer, usage } from './limits.ts';
import { mapped, sharedPage } from './mapped.ts';
import { full, manyWriters, pair, pingPong, pipeline } from './pipes.ts';
import { block, collect, pause, type Act, type Place } from './place.ts';
import { ready, served, watched } from './select.ts';
import { ignored, kill, killGroup, stop, stopped } from './signals.ts';
import { conversation, server } from './sockets.ts';
import { continued, leftBehind, shell } from './terminal.ts';
import { crew, handed } from './threads.ts';
import { become as becomeUser, modes, superuser } from './users.ts';

export interface DrawnJob {
  /** Name of the program that is spawned, and the text of all its programs. */
  readonly name: string;
  readonly text: string;
}

/** Deeper, no process has children of its own but those of a single act. */
const HIGHEST_TREE = 2;

const alone: readonly Act[] = [own, copied, duplicate, names, mistakes, ignored, childless, ready, modes, mapped];

const withOthers: readonly Act[] = [
  ...[several, loop, orphan, identity, together, inTurn, divided],
  ...[pair, pair, pipeline, manyWriters, pingPong, full],
  ...[nonblocking, appended, watched, served],
  ...[sharedPage, sharedPage],
  ...[descriptors, nicer, usage],
  ...[conversation, server],
  ...[joined, joined, awaited],
  ...[kill, killGroup, stop, stopped, continued, shell, leftBehind],
  ...[counted, pending, restarted, timed, told, toOneself],
  ...[crew, crew, handed],
];

/** Names of the programs that a process may become. */
interface Others {
  readonly worker: string;
  readonly superuser: string;
}

/** What a process does from its beginning to its end, without the exit. */
function life(at: Place, others: Others, acts: number): string[] {
  const deep = at.depth >= HIGHEST_TREE;
  const grow = child((inner) => life(inner, others, 1));
  const lines = at.draw
    .many(acts, () => {
      const kind = at.draw.within(1, 100);
      const act = kind <= 25 ? (deep ? at.draw.one(alone) : grow) : kind <= 36 ? become(others.worker) : null;
      const user = kind <= 42 ? becomeUser(others.superuser) : null;
      return [...pause(at), ...(act ?? user ?? at.draw.one(kind <= 58 ? alone : withOthers))(at)];
    })
    .flat();
  return [...lines, ...at.pending.map(collect), 'print("sum ", sum)'];
}

export function drawJob(draw: Chance, cluster: DrawnCluster, index: number): DrawnJob {
  const name = `job${index}`;
  const directories = [`/${name}`, `/far/${name}`];
  const at: Place = {
    draw,
    homes: cluster.homes,
    pmas: cluster.pmas,
    directories,
    tag: name,
    depth: 0,
    pending: [],
    next: { number: 0, child: 0 },
  };
  const others: Others = { worker: `worker${index}`, superuser: `superuser${index}` };
  const size = (): number => draw.one([8, 16, 32]);
  const main = block(`program ${name}() {`, [
    `image text ${size()} KB data ${size()} KB bss ${size()} KB stack ${size()} KB`,
    `let sum = ${draw.within(0, 9)}`,
    // Another file server may have it already.
    'mkdir("/far")',
    ...directories.map((each) => `mkdir("${each}")`),
    ...life(at, others, draw.within(1, 3)),
    'exit(sum)',
  ]);
  const texts = [main.join('\n'), worker(others.worker, at), superuser(others.superuser, at)];
  return { name, text: texts.join('\n\n') };
}
