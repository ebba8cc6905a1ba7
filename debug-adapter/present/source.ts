/**
 * Sources: the script, which is a file, and the routines of the system, which are pages that the simulator writes.
 *
 * A page has one line a step, so that a frame inside the system has a line to stand on. Its reference stays the same
 * for the whole session. Editors look for the first frame whose source is not de-emphasised: normally that is the
 * script, and after a step into the system it is the page.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Run } from '../run.ts';

export function sourceOfScript(run: Run): DebugProtocol.Source {
  return { name: baseName(run.script.path), path: run.script.path };
}

export function sourceOfRoutine(routines: string[], routine: string, emphasised: boolean): DebugProtocol.Source {
  const source = { name: routine, sourceReference: referenceOf(routines, routine), origin: 'the simulated system' };
  return emphasised ? source : { ...source, presentationHint: 'deemphasize' };
}

/** The name of the routine whose page this reference means. */
export function routineOf(routines: readonly string[], reference: number): string | undefined {
  return routines[reference - 1];
}

function referenceOf(routines: string[], routine: string): number {
  const index = routines.indexOf(routine);
  return index >= 0 ? index + 1 : routines.push(routine);
}

function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
