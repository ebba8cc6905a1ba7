/**
 * launch { program, scenario?, seed?, noDebug?, stopOnEntry?, stopOnExit?, checked?, showServers? }
 *
 * Loads and compiles the script. Only when that has succeeded the client is asked for its breakpoints (`initialized`),
 * so that they can be answered with real places; the run begins when it has sent them all (configurationDone).
 */
import type { Arguments } from '../arguments.ts';
import type { Context } from '../context.ts';
import { resetCounts, resolveLines } from '../breakpoints/breakpoints.ts';
import { RequestError } from '../errors.ts';
import { loadRun, readLaunchOptions } from '../load.ts';

export async function launch(cx: Context, args: Arguments): Promise<void> {
  if (cx.run !== null)
    throw new RequestError('badArgument', 'A run has already been launched; restart it, or begin another session.');
  const run = await loadRun(cx.host, readLaunchOptions(args));
  cx.run = run;
  resetCounts(cx.breakpoints);
  resolveLines(cx.breakpoints, run.script);
  cx.afterwards(() => cx.send('initialized'));
}
