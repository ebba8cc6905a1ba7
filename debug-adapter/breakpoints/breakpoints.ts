/**
 * All breakpoints of a session, and the question that the driver asks after every event: does somebody stop here?
 *
 * Three tables, each replaced as a whole by one DAP request: lines of scripts (by path), exception filters, function
 * breakpoints. They outlive the run: a restart resolves the lines anew, because the script may have changed. A rule
 * that comes again unchanged keeps its id and its count of hits.
 */
import { parseLogMessage, type LogMessage } from '../expression/log-message.ts';
import type { Image } from '../../simulator/workload/program.ts';
import type { SlotTypes } from '../../language/compile.ts';
import { resolveLine, type Place, type UnitRef } from '../positions.ts';
import { isNamedMoment, namesInWords } from './names.ts';
import { createRule, type Rule, type RuleText } from './rule.ts';

export interface LineRequest extends RuleText {
  readonly line: number;
  readonly column?: number | undefined;
  readonly logMessage?: string | undefined;
}

export interface NameRequest extends RuleText {
  readonly name: string;
}

/** A line breakpoint as it was asked for and as it was understood. */
export interface LineBreakpoint {
  readonly request: LineRequest;
  readonly id: number;
  /** Null if it cannot hit; `message` says why. */
  readonly rule: Rule | null;
  readonly logMessage: LogMessage | null;
  readonly places: readonly Place[];
  readonly message: string | null;
}

export interface NameBreakpoint {
  readonly request: NameRequest;
  readonly id: number;
  readonly rule: Rule | null;
  readonly message: string | null;
}

export interface Breakpoints {
  nextId: number;
  readonly lines: Map<string, readonly LineBreakpoint[]>;
  filters: readonly NameBreakpoint[];
  functions: readonly NameBreakpoint[];
  /** The line breakpoints of the script that is being run, by the place that they are on. */
  readonly byPlace: Map<number, LineBreakpoint[]>;
}

/** The script that is being run. */
export interface Script {
  readonly path: string;
  readonly image: Image;
  readonly slotTypes: SlotTypes;
  readonly places: readonly Place[];
}

export function createBreakpoints(): Breakpoints {
  return { nextId: 1, lines: new Map(), filters: [], functions: [], byPlace: new Map() };
}

export function setLines(
  all: Breakpoints,
  path: string,
  requests: readonly LineRequest[],
  script: Script | null,
): readonly LineBreakpoint[] {
  const before = all.lines.get(path) ?? [];
  const set = requests.map(
    (request) =>
      before.find((old) => isSame(old.request, request)) ?? lineBreakpoint(all.nextId++, request, path, script),
  );
  all.lines.set(path, set);
  indexPlaces(all);
  return set;
}

/** Resolves every line anew for a script that has just been loaded; the ids stay, the counts begin again. */
export function resolveLines(all: Breakpoints, script: Script): readonly LineBreakpoint[] {
  for (const [path, set] of all.lines)
    all.lines.set(
      path,
      set.map(({ id, request }) => lineBreakpoint(id, request, path, script)),
    );
  indexPlaces(all);
  return [...all.lines.values()].flat();
}

/** The line breakpoints in front of this instruction. */
export function linesAt(all: Breakpoints, unit: UnitRef, pc: number): readonly LineBreakpoint[] {
  return all.byPlace.get(placeKey(unit, pc)) ?? [];
}

export function setFilters(all: Breakpoints, requests: readonly NameRequest[]): readonly NameBreakpoint[] {
  all.filters = named(all, all.filters, requests, 'filter');
  return all.filters;
}

export function setFunctions(all: Breakpoints, requests: readonly NameRequest[]): readonly NameBreakpoint[] {
  all.functions = named(all, all.functions, requests, 'function');
  return all.functions;
}

/** Forgets all counts: a new run begins. */
export function resetCounts(all: Breakpoints): void {
  for (const rule of rulesOf(all)) {
    rule.hits.length = 0;
    rule.countedTo = 0;
  }
}

export function rulesOf(all: Breakpoints): readonly Rule[] {
  const every = [...[...all.lines.values()].flat(), ...all.filters, ...all.functions];
  return every.flatMap(({ rule }) => (rule === null ? [] : [rule]));
}

function lineBreakpoint(id: number, request: LineRequest, path: string, script: Script | null): LineBreakpoint {
  const refused = (message: string): LineBreakpoint => ({
    request,
    id,
    rule: null,
    logMessage: null,
    places: [],
    message,
  });
  try {
    const rule = createRule(id, request);
    const logMessage = request.logMessage ? parseLogMessage(request.logMessage) : null;
    if (script === null) return refused('No run has been launched yet.');
    if (script.path !== path) return refused(`This script is not part of the run; ${script.path} is.`);
    const resolution = resolveLine(script.image, script.places, request.line, request.column);
    if (resolution.kind === 'nowhere') return refused(resolution.message);
    return { request, id, rule, logMessage, places: resolution.places, message: null };
  } catch (error) {
    if (error instanceof Error) return refused(error.message);
    throw error;
  }
}

function indexPlaces(all: Breakpoints): void {
  all.byPlace.clear();
  for (const breakpoint of [...all.lines.values()].flat()) {
    for (const { unit, pc } of breakpoint.places) {
      const key = placeKey(unit, pc);
      all.byPlace.set(key, [...(all.byPlace.get(key) ?? []), breakpoint]);
    }
  }
}

/** One number for a place: instructions are far fewer than 2^20 in a unit. */
function placeKey(unit: UnitRef, pc: number): number {
  return (unit.index * 2 + (unit.kind === 'program' ? 0 : 1)) * 2 ** 20 + pc;
}

function named(
  all: Breakpoints,
  before: readonly NameBreakpoint[],
  requests: readonly NameRequest[],
  what: string,
): readonly NameBreakpoint[] {
  return requests.map(
    (request) => before.find((old) => isSame(old.request, request)) ?? nameBreakpoint(all.nextId++, request, what),
  );
}

function nameBreakpoint(id: number, request: NameRequest, what: string): NameBreakpoint {
  if (!isNamedMoment(request.name)) {
    return {
      request,
      id,
      rule: null,
      message: `There is no ${what} '${request.name}'; the names are ${namesInWords()}.`,
    };
  }
  try {
    return { request, id, rule: createRule(id, request), message: null };
  } catch (error) {
    if (error instanceof Error) return { request, id, rule: null, message: error.message };
    throw error;
  }
}

function isSame(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
