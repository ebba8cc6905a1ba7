/**
 * osf1ad/report: { text }, the report of the run so far.
 */
import { runOf, type Context } from '../context.ts';
import { reportText } from '../present/report.ts';
import { stateOf } from '../run.ts';

export function report(cx: Context): object {
  return { text: reportText(stateOf(runOf(cx))) };
}
