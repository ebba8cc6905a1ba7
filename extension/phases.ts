/**
 * Breakpoints on the phases of a migration, before anything runs.
 *
 * The editor lists a debugger's own filters only once a session has begun. Function breakpoints with the names of the
 * phases mean the same to the adapter and can be set at any time: this command offers the phases with those that are set
 * ticked, and sets what is ticked when it is closed.
 */
import { FunctionBreakpoint, debug, window, type QuickPickItem } from 'vscode';

/** In the order in which a migration goes through them; the last one instead of those after `detach`. */
const phases: readonly (QuickPickItem & { readonly label: string })[] = [
  { label: 'freeze', description: 'the process stops taking calls and requests' },
  { label: 'detach', description: 'it leaves the active list of the source, and its state is sent' },
  { label: 'install', description: 'the destination has accepted and makes a place for it' },
  { label: 'attach', description: 'its capabilities are put in place on the destination' },
  { label: 'restart', description: 'it runs again' },
  { label: 'cleanup', description: 'the source forgets it' },
  { label: 'refused', description: 'the destination does not take it' },
];

export async function breakOnPhases(): Promise<void> {
  const set = debug.breakpoints.filter((point) => point instanceof FunctionBreakpoint);
  const items = phases.map((phase) => ({
    ...phase,
    picked: set.some(({ functionName }) => functionName === phase.label),
  }));
  const picked = await window.showQuickPick(items, {
    canPickMany: true,
    title: 'Break on the phases of a migration',
    placeHolder: 'Phases at which the run stops',
  });
  if (picked === undefined) return;
  const wanted = new Set(picked.map(({ label }) => label));
  const unwanted = set.filter(
    ({ functionName: name }) => phases.some(({ label }) => label === name) && !wanted.has(name),
  );
  debug.removeBreakpoints(unwanted);
  for (const { functionName } of set) wanted.delete(functionName);
  debug.addBreakpoints([...wanted].map((name) => new FunctionBreakpoint(name)));
}
