/**
 * Between lines of the script and instructions of the image.
 *
 * A place is the first instruction of a statement: where a line breakpoint can be, and where stepping stops. A loop
 * head may be lowered into several such instructions with one span; a breakpoint on it is on all of them.
 *
 * A breakpoint on a line without a statement moves down to the next one, but never out of the program or scenario that
 * the line is in: what would hit there is not what was meant.
 */
import type { NextStatement } from '../simulator/engine/api.ts';
import type { Image, Instruction, Span } from '../simulator/workload/program.ts';

export type UnitRef = NextStatement['unit'];

export interface Place {
  readonly unit: UnitRef;
  readonly unitName: string;
  readonly pc: number;
  readonly span: Span;
}

interface Unit {
  readonly ref: UnitRef;
  readonly name: string;
  readonly span: Span;
  readonly code: readonly Instruction[];
}

export type Resolution =
  | { readonly kind: 'places'; readonly places: readonly Place[] }
  | { readonly kind: 'nowhere'; readonly message: string };

function unitsOf(image: Image): readonly Unit[] {
  return [
    ...image.programs.map(({ name, span, code }, index): Unit => ({
      ref: { kind: 'program', index },
      name,
      span,
      code,
    })),
    ...image.scenarios.map(({ name, span, code }, index): Unit => ({
      ref: { kind: 'scenario', index },
      name,
      span,
      code,
    })),
  ];
}

/** Every place of the image, in the order of the script. */
export function placesOf(image: Image): readonly Place[] {
  const places = unitsOf(image).flatMap((unit) =>
    unit.code.flatMap(({ statement, span }, pc) =>
      statement ? [{ unit: unit.ref, unitName: unit.name, pc, span }] : [],
    ),
  );
  return places.sort((a, b) => a.span.line - b.span.line || a.span.column - b.span.column || a.pc - b.pc);
}

export function instructionAt(image: Image, unit: UnitRef, pc: number): Instruction | undefined {
  return (unit.kind === 'program' ? image.programs : image.scenarios)[unit.index]?.code[pc];
}

/** Where a breakpoint on this line (and column, if one was chosen) goes. */
export function resolveLine(
  image: Image,
  places: readonly Place[],
  line: number,
  column: number | undefined,
): Resolution {
  const unit = unitsOf(image).find(({ span }) => span.line <= line && line <= span.endLine);
  if (unit === undefined) return { kind: 'nowhere', message: `Line ${line} is in no program and no scenario.` };
  const inUnit = places.filter(({ unit: { kind, index } }) => kind === unit.ref.kind && index === unit.ref.index);
  const onLine = inUnit.filter(({ span }) => span.line === line);
  const chosen =
    onLine.find(({ span }) => column !== undefined && span.column >= column) ??
    (column === undefined ? onLine[0] : onLine.at(-1)) ??
    inUnit.find(({ span }) => span.line > line);
  if (chosen === undefined)
    return {
      kind: 'nowhere',
      message: `No statement of ${unit.ref.kind} ${unit.name} begins on line ${line} or after it.`,
    };
  return { kind: 'places', places: inUnit.filter(({ span }) => sameStart(span, chosen.span)) };
}

/** The places that begin within a range of the script, one for each start. */
export function placesWithin(
  places: readonly Place[],
  from: { line: number; column: number },
  to: { line: number; column: number },
): readonly Place[] {
  return places.filter(({ span }, index) => {
    const previous = places[index - 1];
    if (previous !== undefined && sameStart(previous.span, span)) return false;
    return !isBefore(span, from) && !isBefore(to, span);
  });
}

function isBefore(a: { line: number; column: number }, b: { line: number; column: number }): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}

function sameStart(a: Span, b: Span): boolean {
  return a.line === b.line && a.column === b.column;
}
