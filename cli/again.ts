/**
 * The command that runs something again, exactly: printed with every failure, to be copied.
 */

/** More events than any workload needs that comes to an end, and less than a minute for one that does not. */
export const LIMIT = 20_000_000;

export interface Again {
  readonly file: string;
  readonly scenario: string;
  readonly seed: number;
  readonly until?: string | undefined;
  /** Number of events after which it was to be given up. */
  readonly limit: number;
  readonly checked?: boolean;
}

export function commandOf({ file, scenario, seed, until, limit, checked }: Again): string {
  return [
    ...['npx', 'osf1ad', 'run', quoted(file), '--scenario', quoted(scenario), '--seed', String(seed)],
    ...(until === undefined ? [] : ['--until', quoted(until)]),
    ...(limit === LIMIT ? [] : ['--limit', String(limit)]),
    ...(checked === true ? ['--checked'] : []),
  ].join(' ');
}

/** The launch configuration that opens the same run in the debugger. */
export function launchOf({ file, scenario, seed, checked }: Again): string {
  const extra = checked === true ? { checked } : {};
  return JSON.stringify({ type: 'osf1ad', request: 'launch', name: scenario, program: file, scenario, seed, ...extra });
}

/** As a shell takes it for one word: double quotes where they are enough, because every shell knows them. */
function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return /["$`\\!]/.test(word) ? `'${word.replaceAll("'", `'\\''`)}'` : `"${word}"`;
}
