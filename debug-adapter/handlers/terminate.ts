/**
 * terminate: ends the run where it is.
 */
import type { Context } from '../context.ts';

export function terminate(cx: Context): void {
  cx.driver.abandon();
  cx.run = null;
  cx.afterwards(() => cx.send('terminated'));
}
