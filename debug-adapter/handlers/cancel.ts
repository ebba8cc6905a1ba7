/**
 * cancel { requestId?, progressId? }: gives up a request that has not been begun, or a search in the past, which then ends
 * where it began. What is over already, or was never there, is no mistake. Requests that wait are struck out as the
 * message comes in (session.ts): by the time this is handled they would have been answered.
 */
import { optionalText, optionalWholeNumber, type Arguments } from '../arguments.ts';
import type { Context } from '../context.ts';

export function cancel(cx: Context, args: Arguments): void {
  optionalWholeNumber(args, 'requestId');
  const progress = optionalText(args, 'progressId');
  if (progress !== undefined && progress === cx.search.progress) cx.driver.pause({ thread: null });
}
