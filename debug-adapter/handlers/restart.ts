/**
 * restart { arguments? }: reads the script again, with the launch arguments of the request if it has some, and begins
 * anew with the same breakpoints. If the script cannot be loaded the present run stays as it is.
 */
import { optionalRecord, type Arguments } from '../arguments.ts';
import { resetCounts, resolveLines } from '../breakpoints/breakpoints.ts';
import { runOf, type Context } from '../context.ts';
import { loadRun, readLaunchOptions } from '../load.ts';
import { presentLineBreakpoint } from '../present/breakpoint.ts';
import { dapThreadId } from '../threads.ts';
import { begin } from './configuration-done.ts';

export async function restart(cx: Context, args: Arguments): Promise<void> {
  const before = runOf(cx);
  const fresh = optionalRecord(args, 'arguments');
  const run = await loadRun(cx.host, fresh === undefined ? before.options : readLaunchOptions(fresh));
  cx.driver.abandon();
  cx.run = run;
  resetCounts(cx.breakpoints);
  const resolved = resolveLines(cx.breakpoints, run.script);
  cx.afterwards(() => {
    for (const thread of before.knownThreads) cx.send('thread', { reason: 'exited', threadId: dapThreadId(thread) });
    for (const breakpoint of resolved)
      cx.send('breakpoint', { reason: 'changed', breakpoint: presentLineBreakpoint(cx.client, breakpoint) });
    begin(cx, run);
  });
}
