/**
 * Making a failing script small: statements and blocks are left out, one after the other, as long as what is left fails in
 * the same way. Later ones go first, because what uses a name comes after what gives it.
 */
import type { Failure } from './run.ts';

/** First and last line of something that can be left out. */
interface Piece {
  readonly first: number;
  readonly last: number;
}

/** Blocks and single lines, the last first, and a block before what is in it. */
function piecesOf(lines: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  const open: number[] = [];
  lines.forEach((line, index) => {
    const opens = line.trimEnd().endsWith('{');
    const closes = line.trimStart().startsWith('}');
    if (closes) {
      const first = open.pop();
      if (first !== undefined && !opens) pieces.push({ first, last: index });
      // The two branches of an if go together.
      if (first !== undefined && opens) open.push(first);
    } else if (opens) open.push(index);
    else pieces.push({ first: index, last: index });
  });
  return pieces.sort((x, y) => y.last - x.last || x.first - y.first);
}

/**
 * Whoever may be stopped is continued in the end, suspended tasks are resumed as often, servers are ended, and who is asked
 * for by name publishes that name: without that a script does not heal, and that somebody waits is no surprise.
 */
export function isFair(text: string): boolean {
  const servers = [...text.matchAll(/let (t_server\d+) = start /g)].map(([, name]) => name!);
  if (!servers.every((name) => text.includes(`terminate(${name})`))) return false;
  const count = (of: string): number => text.split(of).length - 1;
  const suspended = [...text.matchAll(/suspend\((\w+)\)/g)].map(([, name]) => name!);
  if (!suspended.every((name) => count(`suspend(${name})`) <= count(`resume(${name})`))) return false;
  const wanted = [...text.matchAll(/lookup "(\w+)"/g)].map(([, name]) => name!);
  if (!wanted.every((name) => text.includes(`as "${name}"`) && text.includes(`start ${name}()`))) return false;
  if (!text.includes('SIGSTOP')) return true;
  const spawned = [...text.matchAll(/let (\w+) = spawn /g)].map(([, name]) => name!);
  return spawned.every((name) => text.includes(`kill(${name}, SIGCONT)`));
}

/** What makes two failures the same: the rule, and for what is no rule the words without the numbers. */
function sameness({ rule, message }: Pick<Failure, 'rule' | 'message'>): string {
  if (rule !== 'rest' && rule !== 'defect') return rule;
  return `${rule} ${message.split('\n')[0]!.replaceAll(/\d+/g, '').slice(0, 60)}`;
}

/** The smallest script that was found as long as `goesOn(tries)` says so; `fails` says how a script fails, or null. */
export function shrink(
  text: string,
  fails: (text: string) => Failure | null,
  goesOn: (tries: number) => boolean,
): string {
  const wanted = fails(text);
  if (wanted === null) return text;
  const how = sameness(wanted);
  let lines = text.split('\n');
  let tries = 0;
  for (let before = Infinity; before > lines.length && goesOn(tries);) {
    before = lines.length;
    for (let pieces = piecesOf(lines), next = 0; next < pieces.length && goesOn(tries); tries++) {
      const { first, last } = pieces[next]!;
      const fewer = [...lines.slice(0, first), ...lines.slice(last + 1)];
      const failure = fails(fewer.join('\n'));
      next++;
      if (failure === null || sameness(failure) !== how) continue;
      lines = fewer;
      // What was tried and could not go stands behind what is still to be tried.
      pieces = piecesOf(lines);
      next = pieces.findIndex((each) => each.last < first || (each.first <= first && each.last >= first));
      if (next < 0) break;
    }
  }
  return lines.join('\n');
}
