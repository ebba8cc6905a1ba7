/**
 * What every check shares, and the two questions that all of them ask: does this value fit here, and what is its value.
 */
import type { AstNode } from 'langium';
import { constantNumber } from '../constants.ts';
import type { Report } from '../diagnostics.ts';
import * as ast from '../generated/ast.ts';
import { spanOf } from '../tree.ts';
import { fits, title, type Type } from '../types.ts';
import { isZero, type Typing } from '../typing.ts';
import type { Profiles } from '../vocabulary/profiles.ts';

export interface Check {
  readonly report: Report;
  readonly typing: Typing;
  readonly profiles: Profiles;
  /** Declarations without syntax errors inside: only these are checked, and only these can be checked against. */
  readonly whole: ReadonlySet<AstNode>;
}

/**
 * Reports a value that does not fit where it stands. `what` begins the sentence: "The duration of compute".
 * A literal 0 fits times and sizes without a unit.
 */
export function mustFit(cx: Check, value: ast.Expression, wanted: readonly Type[], what: string): void {
  const given = cx.typing.of(value);
  if (wanted.some((type) => fits(given, type))) return;
  const unit = wanted.includes('time') ? 'ms' : wanted.includes('size') ? 'KB' : undefined;
  if (given === 'int' && unit !== undefined) {
    if (!isZero(value)) missingUnit(cx, value, unit, what);
    return;
  }
  const either = wanted
    .map(title)
    .join(', ')
    .replace(/, ([^,]*)$/, ' or $1');
  cx.report('wrong-type', spanOf(value), `${what} must be ${either}, not ${title(given)}.`);
}

export function missingUnit(cx: Check, value: ast.Expression, unit: string, what: string): void {
  if (ast.isNumberLiteral(value)) {
    const replacement = `${value.text} ${unit}`;
    const fix = { title: `Write \`${replacement}\``, replacement };
    cx.report('missing-unit', spanOf(value), `${what} needs a unit: write \`${replacement}\`, for example.`, fix);
  } else {
    cx.report('missing-unit', spanOf(value), `${what} needs a unit: multiply by \`1 ${unit}\`, for example.`);
  }
}

/** Reports a constant below its least value; what only a run can tell is left to the run. */
export function mustNotBeLess(cx: Check, value: ast.Expression, least: 0 | 1, what: string): void {
  const constant = constantNumber(value);
  if (constant === undefined || constant >= least) return;
  cx.report(
    'not-positive',
    spanOf(value),
    `${what} ${least === 0 ? 'cannot be negative' : 'must be more than nothing'}.`,
  );
}

/** As `mustFit` and `mustNotBeLess`, for a value that must be known before the run. */
export function mustBeConstant(cx: Check, value: ast.Expression, wanted: Type, least: 0 | 1, what: string): void {
  mustFit(cx, value, [wanted], what);
  if (fits(cx.typing.of(value), wanted) && constantNumber(value) === undefined) {
    cx.report('not-constant', spanOf(value), `${what} must be known before the run: use numbers and constants only.`);
  }
  mustNotBeLess(cx, value, least, what);
}

/** Reports a range of constants that holds nothing. */
export function mustNotBeEmpty(cx: Check, first: ast.Expression, last: ast.Expression): void {
  const low = constantNumber(first);
  const high = constantNumber(last);
  if (low === undefined || high === undefined || low <= high) return;
  const span = { ...spanOf(first), endLine: spanOf(last).endLine, endColumn: spanOf(last).endColumn };
  cx.report('empty-range', span, 'This range holds nothing: its end comes before its beginning.');
}
