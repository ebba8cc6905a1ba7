/**
 * Drawn programs: what processes do. They compute, read and write pages, use files, fork children, wait for them or do
 * not, become other programs, send signals, and move themselves and others.
 *
 * Every program ends: a loop runs a few times, a child does simple things, and a program only becomes one that was drawn
 * before it.
 */
import type { Chance } from './chance.ts';
import type { DrawnCluster } from './cluster.ts';

export interface DrawnProgram {
  readonly name: string;
  readonly text: string;
}

/** What a program may do at this place. */
interface Place {
  readonly draw: Chance;
  readonly cluster: DrawnCluster;
  /** Programs that it may become. */
  readonly others: readonly string[];
  readonly files: readonly string[];
  /** Names in sight. */
  readonly opened: string[];
  readonly children: string[];
  /** How deep in blocks this is. */
  readonly depth: number;
  readonly next: { number: number };
}

type Line = (at: Place) => string[];

const fresh = (at: Place, stem: string): string => `${stem}${at.next.number++}`;
const regions = ['data', 'bss', 'stack'] as const;
/** Pages of the smallest region that is drawn. */
const PAGES = 2;

const simple: readonly Line[] = [
  ({ draw }) => [`compute ${draw.one([1, 7, 40, 150, 500])} ms`],
  ({ draw }) => [`touch ${draw.one(['text', ...regions])}[0 .. ${draw.within(0, PAGES - 1)}]`],
  ({ draw }) => [`dirty ${draw.one(regions)}[0 .. ${draw.within(0, PAGES - 1)}]`],
  () => ['getpid()'],
  () => ['getppid()'],
  ({ draw }) => [draw.percent(50) ? 'disallow_migration()' : 'allow_migration()'],
  ({ draw, cluster }) => [`migrate(getpid(), "${draw.one(cluster.nodes)}")`],
  ({ draw }) => [`kill(getpid(), ${draw.one(['SIGUSR1', 'SIGUSR2', 'SIGCHLD', 'SIGCONT'])})`],
  ({ draw }) => [`print("now ", now, " ", random(1, ${draw.within(1, 9)}))`],
  openFile,
  useFile,
  useFile,
];

const more: readonly Line[] = [
  ...simple,
  ...simple,
  forkChild,
  forkChild,
  aboutChild,
  aboutChild,
  ({ draw, ...at }) => {
    const last = draw.within(2, 3);
    return [`for ${fresh({ draw, ...at }, 'i')} in 1 .. ${last} {`, ...body({ draw, ...at }, simple, 2), '}'];
  },
  (at) => [`if now > ${at.draw.within(1, 2000)} ms {`, ...body(at, simple, 2), '} else {', ...body(at, simple, 1), '}'],
];

function openFile(at: Place): string[] {
  const name = fresh(at, 'f');
  const flags = at.draw.one(['read', 'write', 'read | write', 'write | create']);
  at.opened.push(name);
  return [`let ${name} = open("${at.draw.one(at.files)}", ${flags})`];
}

function useFile(at: Place): string[] {
  const { draw, opened } = at;
  if (opened.length === 0) return openFile(at);
  const size = draw.one(['100 B', '4 KB', '9 KB']);
  return [`${draw.one(['read', 'read', 'write'])}(${draw.one(opened)}, ${size})`];
}

function forkChild(at: Place): string[] {
  const { draw, others } = at;
  const name = fresh(at, 'c');
  const inner = body(at, at.depth < 2 && draw.percent(20) ? more : simple, 3);
  const end = others.length > 0 && draw.percent(40) ? `exec ${draw.one(others)}()` : `exit(${draw.within(0, 3)})`;
  const lines = [`let ${name} = fork {`, ...inner, `  ${end}`, '}'];
  at.children.push(name);
  return draw.percent(50) ? [...lines, `wait ${name}`] : lines;
}

function aboutChild(at: Place): string[] {
  const { draw, children, cluster } = at;
  if (children.length === 0) return ['wait()'];
  const child = draw.one(children);
  const signal = draw.one(['SIGTERM', 'SIGKILL', 'SIGUSR2', 'SIGCONT', 'SIGINT']);
  return [
    draw.one([
      `wait ${child}`,
      'wait()',
      `kill(${child}, ${signal})`,
      `migrate(${child}, "${draw.one(cluster.homes)}")`,
    ]),
  ];
}

/** So many statements at most, one level further in; what they name goes out of sight with them. */
function body(at: Place, lines: readonly Line[], most: number): string[] {
  const inner = { ...at, opened: [...at.opened], children: [], depth: at.depth + 1 };
  return at.draw
    .many(at.draw.within(1, most), () => at.draw.one(lines)(inner))
    .flat()
    .map((line) => `  ${line}`);
}

export function drawPrograms(draw: Chance, cluster: DrawnCluster, files: readonly string[]): DrawnProgram[] {
  const programs: DrawnProgram[] = [];
  for (let i = draw.within(1, 3); i > 0; i--) {
    const name = `p${programs.length}`;
    const others = programs.map((each) => each.name);
    const at: Place = { draw, cluster, others, files, opened: [], children: [], depth: 0, next: { number: 0 } };
    const statements = draw.many(draw.within(1, 4), () => draw.one(more)(at)).flat();
    const end = others.length > 0 && draw.percent(20) ? [`exec ${draw.one(others)}()`] : [];
    const size = (): number => draw.one([8, 16, 48]);
    const image = `image text ${size()} KB data ${size()} KB bss ${size()} KB stack ${size()} KB`;
    const middle = [`compute ${draw.one([10, 300, 900, 1500])} ms`, 'dirty data[0 .. 0]'];
    const text = [
      `program ${name}() {`,
      ...[image, ...middle, ...statements, ...end].map((line) => `  ${line}`),
      '}',
    ].join('\n');
    programs.push({ name, text });
  }
  return programs;
}
