/**
 * terminate: ends the run where it is; its last state can still be read.
 */
import { moveOn } from '../arrive.ts';
import type { Context } from '../context.ts';

export function terminate(cx: Context): void {
  cx.driver.abandon();
  if (cx.run !== null) {
    moveOn(cx.run);
    cx.run.over = true;
  }
  cx.afterwards(() => cx.send('terminated'));
}
