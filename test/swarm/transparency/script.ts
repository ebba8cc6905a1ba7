/**
 * Drawn scripts whose output is compared: a cluster, jobs, and whatever may happen to their processes without anybody's
 * noticing. Any process is moved, children too, which an operator knows by their pids; some are stopped for a moment.
 *
 * Who there is to be moved, and when, a first run without all this tells. What is moved makes others later: then a pid may
 * be another process's, or nobody's yet, which is as good.
 */
import { chance, type Chance } from '../chance.ts';
import { drawCluster } from '../cluster.ts';
import type { Action, DrawnScript } from '../script.ts';
import { drawHow, drawProcessHow } from '../task.ts';
import { drawJob } from '../unix/job.ts';
import { COMPARED } from './alone.ts';

const millisecond = 1_000_000;
/** So long a process that was spawned at the beginning is looked for, at least. */
const SHORTEST_RUN = 500 * millisecond;
/** What becomes of calls in progress. */
const treatments = ['', ' awaiting calls', ' restarting calls', ' restarting calls', ' early'] as const;
const phases = ['freeze', 'detach', 'install', 'attach', 'restart', 'cleanup', 'refused'] as const;

/** From a run: when each process was made and when it ended, in nanoseconds. */
export interface Life {
  readonly pid: number;
  readonly from: number;
  to: number;
}

/** Jobs where they are put, and nothing else. */
export function drawPlacement(draw: Chance, seed: number): DrawnScript {
  const cluster = drawCluster(draw, chance(seed, 'workload'));
  const jobs = draw.many(draw.one([1, 1, 1, 2]), (index) => drawJob(draw, cluster, index));
  let time = 0;
  const actions = jobs.map(({ name }, index): Action => {
    if (index > 0) time += draw.within(1, 900) * millisecond;
    const on = draw.one(cluster.homes);
    return { time, on, lines: [`let p_${index} = spawn ${name}() on ${on}`] };
  });
  const roots = jobs.map((_, index) => `p_${index}`);
  return {
    seed,
    cluster,
    declarations: [COMPARED, cluster.text, ...jobs.map(({ text }) => text)].join('\n\n'),
    actions,
    ending: [...roots.map((name) => `wait ${name}`), ...roots.map((name) => `expect not ${name}.alive`)],
  };
}

/** The same with migrations. */
export function drawMigrations(draw: Chance, script: DrawnScript, lives: readonly Life[]): DrawnScript {
  const actions = [...script.actions];
  const migrations: string[] = [];
  for (let index = 0, count = draw.within(1, 6); index < count; index++) {
    const { pid, from, to } = draw.one(lives);
    const time = draw.within(from, Math.max(to, from + SHORTEST_RUN));
    const process = `v_${index}`;
    const named = `let ${process} = process(${pid})`;
    if (mayStop(script) && draw.percent(15)) {
      actions.push({ time, lines: [named, stopped(draw, process)] });
      continue;
    }
    const migration = `m_${index}`;
    migrations.push(migration);
    const lines = [named, `let ${migration} = ${migrate(draw, script, process)}`];
    actions.push({ time, lines: draw.percent(25) ? [...lines, onPhase(draw, script, process)] : lines });
  }
  const ended = migrations.map((name) => `expect ${name}.outcome != ""`);
  return { ...script, actions, ending: [...script.ending, ...migrations.map((name) => `wait ${name}`), ...ended] };
}

function migrate(draw: Chance, { cluster }: DrawnScript, process: string): string {
  return draw.percent(65)
    ? `migrate ${process} to ${draw.one(cluster.pmas)} by process${draw.one(treatments)}${drawProcessHow(draw)}`
    : `migrate ${process} to ${draw.one(cluster.nodes)} by task${drawHow(draw, cluster.nodes)}`;
}

/** A program that asks whether a child has been stopped is told of the operator's stops, too. */
const mayStop = ({ declarations }: DrawnScript): boolean => !/WUNTRACED|WCONTINUED/.test(declarations);

/** On one line, because nothing would heal the one without the other. */
function stopped(draw: Chance, process: string): string {
  return `kill(${process}, SIGSTOP) sleep ${draw.within(1, 300)} ms kill(${process}, SIGCONT)`;
}

/** What is done when a migration of the process enters a phase. */
function onPhase(draw: Chance, script: DrawnScript, process: string): string {
  const stop = mayStop(script) ? [stopped(draw, process)] : [];
  const what = draw.one([...stop, migrate(draw, script, process), `kill(${process}, SIGCHLD)`]);
  return `on phase ${draw.one(phases)} of ${process} { ${what} }`;
}
