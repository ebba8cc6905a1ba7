/**
 * disconnect: the client goes. There is nothing that could go on without it: the run is dropped.
 */
import type { Context } from '../context.ts';

export function disconnect(cx: Context): void {
  cx.driver.abandon();
  cx.run = null;
  cx.afterwards(() => cx.close());
}
