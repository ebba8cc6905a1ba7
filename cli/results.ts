/** How the results of `osf1ad test` are shown: a line a scenario, and below it why it failed. */
import type { ExitName } from './exit.ts';
import { palette } from './io.ts';

export interface Result {
  readonly file: string;
  /** null if the script cannot be run at all. */
  readonly scenario: string | null;
  readonly seed: number | null;
  readonly exit: ExitName;
  /** Events performed, and virtual time in nanoseconds, at the end. */
  readonly event: number;
  readonly time: number;
  /** Sixteen digits that depend on the whole world at the end. */
  readonly digest: string | null;
  /** Expectations that held, and that did not. */
  readonly held: number;
  readonly broken: number;
  /** Why it failed, one sentence a line. */
  readonly reasons: readonly string[];
  /** The command that runs it again, if it failed. */
  readonly again: string | null;
}

export function fileLine(file: string, color: boolean): string {
  return `${palette(color).bold(file)}\n`;
}

export function resultLines(result: Result, color: boolean): string {
  const { green, red, dim } = palette(color);
  const { exit, scenario, reasons, seed, again } = result;
  const mark = exit === 'ok' ? green('ok  ') : red('FAIL');
  const first =
    scenario === null ? `  ${mark}  the script cannot be run` : `  ${mark}  ${scenario.padEnd(76)} ${numbers(result)}`;
  const more = again === null ? reasons : [...reasons, dim(`seed ${seed ?? ''}; run it again: ${again}`)];
  return [first, ...more.map((line) => `        ${line}`)].join('\n') + '\n';
}

export function summaryLine(results: readonly Result[], color: boolean): string {
  const { green, red } = palette(color);
  const failed = results.filter(({ exit }) => exit !== 'ok').length;
  const text = `${results.length - failed} passed, ${failed} failed`;
  return `\n${failed === 0 ? green(text) : red(text)}\n`;
}

function numbers({ held, broken, event, time }: Result): string {
  const expectations = broken === 0 ? `${held} held` : `${held} of ${held + broken} held`;
  return `${expectations.padStart(12)} ${`${event} events`.padStart(14)} ${`${(time / 1e9).toFixed(3)} s`.padStart(11)}`;
}
