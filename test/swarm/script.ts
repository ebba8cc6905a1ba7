/**
 * Drawn scripts: a cluster, files, programs, and a scenario of timed actions.
 *
 * All times are absolute (`at`), and whatever is waited for is waited for at the end: so an action more, drawn later,
 * leaves everything before its time as it was. That is how a fault is put at the moment of an event: the script is run
 * once without it (fault.ts).
 */
import { chance, type Chance } from './chance.ts';
import { drawCluster, type DrawnCluster } from './cluster.ts';
import { drawPrograms, type DrawnProgram } from './program.ts';
import { drawHow, drawProcessHow, drawTasks } from './task.ts';

export interface Action {
  /** Virtual nanoseconds. */
  readonly time: number;
  readonly lines: readonly string[];
  /** Node that it needs: if that is down the scenario cannot go on. */
  readonly on?: string;
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

/** What is drawn into one script: an action at a time, and what is waited for in the end. */
interface Draft {
  readonly draw: Chance;
  readonly cluster: DrawnCluster;
  readonly actions: Action[];
  readonly processes: string[];
  readonly tasks: string[];
  readonly migrations: string[];
  /** What undoes a suspension. */
  readonly healing: string[];
}

export function drawScript(draw: Chance, seed: number): DrawnScript {
  const cluster = drawCluster(draw, chance(seed, 'workload'));
  const world = draw.one(['unix', 'unix', 'mach', 'mach', 'both']);
  const programs = world === 'mach' ? [] : drawPrograms(draw, cluster, ['/data', '/far/data', '/none']);
  const tasks = world === 'unix' ? null : drawTasks(draw);
  const draft: Draft = { draw, cluster, actions: [], processes: [], tasks: [], migrations: [], healing: [] };
  if (programs.length > 0) for (let i = draw.one([1, 1, 1, 2]); i > 0; i--) spawn(draft, 0, programs);
  for (const name of [...(tasks?.servers ?? []), ...(tasks?.clients ?? [])]) start(draft, name);
  // A process is made in about a fifth of a second.
  let time = draw.within(0, 300) * millisecond;
  for (let i = draw.within(1, 4); i > 0; i--) {
    time += draw.within(1, draw.one([20, 300, 900])) * millisecond;
    if (draft.tasks.length > 0 && (programs.length === 0 || draw.percent(50))) toTask(draft, time);
    else if (draw.percent(10)) spawn(draft, time, programs);
    else toProcess(draft, time);
  }
  const { processes, migrations, healing } = draft;
  return {
    seed,
    cluster,
    declarations: [
      cluster.text,
      `file "/data" size ${draw.one([1, 24, 64])} KB`,
      'file "/far/data" size 9 KB',
      ...programs.map(({ text }) => text),
      ...(tasks === null ? [] : [tasks.text]),
    ].join('\n\n'),
    actions: draft.actions,
    ending: [
      ...processes.map((name) => `kill(${name}, SIGCONT)`),
      ...healing,
      ...processes.map((name) => `wait ${name}`),
      ...migrations.map((name) => `wait ${name}`),
      ...(tasks?.clients ?? []).map((name) => `wait t_${name}`),
      ...(tasks?.servers ?? []).flatMap((name) => [ifAlive(`t_${name}`, `terminate(t_${name})`), `wait t_${name}`]),
      ...processes.map((name) => `expect not ${name}.alive`),
      ...draft.tasks.map((name) => `expect not ${name}.alive`),
      ...migrations.map((name) => `expect ${name}.outcome != ""`),
    ],
  };
}

function spawn({ draw, cluster, processes, actions }: Draft, time: number, programs: readonly DrawnProgram[]): void {
  const name = `p_${processes.length}`;
  processes.push(name);
  const program = draw.one(programs).name;
  const on = draw.one(cluster.homes);
  actions.push({ time, on, lines: [`let ${name} = spawn ${program}() on ${on}`, ...onPhase(draw, cluster, name)] });
}

function start({ draw, cluster, tasks, actions }: Draft, name: string): void {
  tasks.push(`t_${name}`);
  actions.push({ time: 0, lines: [`let t_${name} = start ${name}() on ${draw.one(cluster.nodes)}`] });
}

function toProcess({ draw, cluster, processes, migrations, actions }: Draft, time: number): void {
  const process = draw.one(processes);
  if (draw.percent(30)) {
    actions.push({ time, lines: [`kill(${process}, ${draw.one(signals)})`] });
    return;
  }
  const migration = `m_${migrations.length}`;
  migrations.push(migration);
  actions.push({ time, lines: [`let ${migration} = ${migrate(draw, cluster, process)}`] });
}

/** A task that has ended cannot be asked for anything: the scenario looks first. */
const ifAlive = (task: string, act: string): string => `if ${task}.alive { ${act} }`;

function toTask({ draw, cluster, tasks, healing, actions }: Draft, time: number): void {
  const task = draw.one(tasks);
  const act = (what: string): void => void actions.push({ time, lines: [ifAlive(task, what)] });
  if (draw.percent(15)) {
    act(`suspend(${task})`);
    healing.push(ifAlive(task, `resume(${task})`));
  } else if (draw.percent(8)) act(`terminate(${task})`);
  else act(`migrate ${task} to ${draw.one(cluster.nodes)} by task${drawHow(draw, cluster.nodes)}`);
}

function migrate(draw: Chance, cluster: DrawnCluster, process: string): string {
  return draw.percent(65)
    ? `migrate ${process} to ${draw.one(cluster.pmas)} by process${drawProcessHow(draw)}`
    : `migrate ${process} to ${draw.one(cluster.nodes)} by task${drawHow(draw, cluster.nodes)}`;
}

/** What is done when a migration of the process enters a phase. */
function onPhase(draw: Chance, cluster: DrawnCluster, process: string): string[] {
  if (!draw.percent(30)) return [];
  const what = draw.one([
    kill(process, draw.one(signals)),
    migrate(draw, cluster, process),
    `sleep ${draw.within(1, 90)} ms`,
  ]);
  return [`on phase ${draw.one(phases)} of ${process} { ${what} }`];
}

/** The phase may come when all else is over, and nobody would continue what is stopped then. */
function kill(process: string, signal: string): string {
  const stop = `kill(${process}, ${signal})`;
  return signal === 'SIGSTOP' ? `${stop} sleep 200 ms kill(${process}, SIGCONT)` : stop;
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
