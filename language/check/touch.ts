/**
 * Checks of touching memory: a process touches its regions, whose sizes are known; a task touches what it has made or
 * mapped, whose sizes only a run can tell.
 */
import { constantNumber } from '../constants.ts';
import * as ast from '../generated/ast.ts';
import { sentences, suggestion } from '../nearest.ts';
import { roomOf, runnableOf, spanOf, spanOfProperty, visibleVariables } from '../tree.ts';
import { fits, title } from '../types.ts';
import { showSize } from '../vocabulary/units.ts';
import { names, regions } from '../vocabulary/words.ts';
import { mustBeIn } from './call.ts';
import { mustFit, mustNotBeEmpty, type Check } from './context.ts';
import { checkExpression } from './expression.ts';
import { regionSizes } from './layout.ts';

export function checkTouch(cx: Check, touch: ast.TouchStatement): void {
  const last = touch.last ?? touch.first;
  mustBeIn(cx, touch, ['program', 'task'], touch.verb, 'a scenario has no memory of its own');
  for (const page of new Set([touch.first, last])) {
    checkExpression(cx, page);
    mustFit(cx, page, ['int'], `A page of \`${touch.verb}\``);
  }
  if (roomOf(touch) === 'task') {
    checkMemory(cx, touch);
    return;
  }
  const region = touch.region.$refText;
  const known = names(regions);
  if (!known.includes(region)) {
    const { text, fix } = suggestion(region, known);
    const message = sentences(`There is no region \`${region}\`.`, text);
    cx.report('unknown-region', spanOfProperty(touch, 'region'), message, fix);
    return;
  }
  if (touch.verb === 'dirty' && region === 'text') {
    cx.report(
      'wrong-place',
      spanOfProperty(touch, 'region'),
      'The text of a program is not written: `touch` it, or dirty data.',
    );
  }
  mustNotBeEmpty(cx, touch.first, last);
  checkPages(cx, touch, last);
}

/** A task touches what a variable of it stands for. */
function checkMemory(cx: Check, touch: ast.TouchStatement): void {
  mustNotBeEmpty(cx, touch.first, touch.last ?? touch.first);
  const span = spanOfProperty(touch, 'region');
  const name = touch.region.$refText;
  const variable = touch.region.ref;
  if (variable === undefined) {
    const memories = [...visibleVariables(touch)].filter((each) => cx.typing.ofVariable(each) === 'memory');
    const { text, fix } = suggestion(
      name,
      memories.map((each) => each.name),
    );
    const message = sentences(`No memory here is called \`${name}\`: make some with \`vm_allocate\`.`, fix ? text : '');
    cx.report('unknown-name', span, message, fix);
    return;
  }
  const type = cx.typing.ofVariable(variable);
  if (fits(type, 'memory')) return;
  cx.report('wrong-type', span, `Only memory is touched; \`${name}\` is ${title(type)}.`);
}

function checkPages(cx: Check, touch: ast.TouchStatement, last: ast.Expression): void {
  const program = runnableOf(touch);
  if (!ast.isProgramDeclaration(program)) return;
  const size = regionSizes(program).get(touch.region.$refText) ?? 0;
  const pages = Math.ceil(size / cx.profiles.pageSize);
  for (const page of new Set([touch.first, last])) {
    const index = constantNumber(page);
    if (index === undefined || (index >= 0 && index < pages)) continue;
    const message = `The ${touch.region.$refText} of \`${program.name}\` is ${showSize(size)}: it has ${pages === 1 ? 'only page 0' : `the pages 0 .. ${pages - 1}`}.`;
    cx.report('outside-region', spanOf(page), message);
    return;
  }
}
