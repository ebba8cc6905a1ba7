/**
 * Drawn scripts: a cluster, files, programs, and a scenario of timed actions.
 *
 * All times are absolute (`at`), and whatever is waited for is waited for at the end: so an action more, drawn later,
 * leaves everything before its time as it was. That is how a fault is put at the moment of an event: the script is run
 * once without it (fault.ts).
 */
import type { Chance } from './chance.ts';
import { drawCluster, type DrawnCluster } from './cluster.ts';
import { drawPrograms } from './program.ts';

export interface Action {
  /** Virtual nanoseconds. */
  readonly time: number;
  readonly lines: readonly string[];
}

export interface DrawnScript {
  readonly seed: number;
  readonly cluster: DrawnCluster;
  readonly declarations: string;
  readonly actions: readonly Action[];
  /** What heals and waits, when nothing more is done. */
  readonly ending: readonly string[];
}

const millisecond = 1_000_000;
const phases = ['freeze', 'detach', 'install', 'attach', 'restart', 'cleanup', 'refused'] as const;
const signals = [
  'SIGHUP',
  'SIGINT',
  'SIGTERM',
  'SIGKILL',
  'SIGUSR1',
  'SIGUSR2',
  'SIGCHLD',
  'SIGSTOP',
  'SIGCONT',
] as const;

export function drawScript(draw: Chance, seed: number): DrawnScript {
  const cluster = drawCluster(draw);
  const files = ['/data', '/far/data', '/none'];
  const programs = drawPrograms(draw, cluster, files);
  const processes: string[] = [];
  const migrations: string[] = [];
  const actions: Action[] = [];
  const spawn = (time: number): void => {
    const name = `p_${processes.length}`;
    processes.push(name);
    const line = `let ${name} = spawn ${draw.one(programs).name}() on ${draw.one(cluster.homes)}`;
    actions.push({ time, lines: [line, ...onPhase(draw, cluster, name)] });
  };
  for (let i = draw.one([1, 1, 1, 2, 2, 3]); i > 0; i--) spawn(0);
  // A process is made in about a fifth of a second.
  let time = draw.within(0, 300) * millisecond;
  for (let i = draw.within(1, 6); i > 0; i--) {
    time += draw.within(1, draw.one([20, 300, 900])) * millisecond;
    if (draw.percent(10)) {
      spawn(time);
      continue;
    }
    const process = draw.one(processes);
    if (draw.percent(30)) {
      actions.push({ time, lines: [`kill(${process}, ${draw.one(signals)})`] });
      continue;
    }
    const migration = `m_${migrations.length}`;
    migrations.push(migration);
    actions.push({ time, lines: [`let ${migration} = ${migrate(draw, cluster, process)}`] });
  }
  return {
    seed,
    cluster,
    declarations: [
      cluster.text,
      `file "/data" size ${draw.one([1, 24, 64])} KB`,
      'file "/far/data" size 9 KB',
      ...programs.map(({ text }) => text),
    ].join('\n\n'),
    actions,
    ending: [
      ...processes.map((name) => `kill(${name}, SIGCONT)`),
      ...processes.map((name) => `wait ${name}`),
      ...migrations.map((name) => `wait ${name}`),
      ...processes.map((name) => `expect not ${name}.alive`),
      ...migrations.map((name) => `expect ${name}.outcome != ""`),
    ],
  };
}

function migrate(draw: Chance, cluster: DrawnCluster, process: string): string {
  return draw.percent(65)
    ? `migrate ${process} to ${draw.one(cluster.homes)} by process`
    : `migrate ${process} to ${draw.one(cluster.nodes)} by task`;
}

/** What is done when a migration of the process enters a phase. */
function onPhase(draw: Chance, cluster: DrawnCluster, process: string): string[] {
  if (!draw.percent(30)) return [];
  const what = draw.one([
    `kill(${process}, ${draw.one(signals)})`,
    migrate(draw, cluster, process),
    `sleep ${draw.within(1, 90)} ms`,
  ]);
  return [`on phase ${draw.one(phases)} of ${process} { ${what} }`];
}

/** The text of the script with these actions more, each at its time. */
export function textOf(script: DrawnScript, more: readonly Action[] = []): string {
  const { seed, declarations, actions, ending } = script;
  const lines = [...actions, ...more]
    .sort((x, y) => x.time - y.time)
    .flatMap(({ time, lines: each }) => [...(time === 0 ? [] : [`at ${time} ns`]), ...each]);
  const body = [...lines, ...ending].map((line) => `  ${line}`).join('\n');
  return `// Seed ${seed} of the swarm (docs/swarm.md).\n${declarations}\n\nscenario "seed ${seed}" on lab seed ${seed} {\n${body}\n}\n`;
}
