/**
 * Breakpoints on the phases of a migration, before anything runs.
 *
 * The editor lists a debugger's own filters only once a session has begun. Function breakpoints with the names of the
 * phases mean the same to the adapter and can be set at any time: this command offers the phases with those that are set
 * ticked, and sets what is ticked when it is closed.
 */
import { FunctionBreakpoint, debug, window, type QuickPickItem } from 'vscode';

/** In the order in which a migration goes through them; the last one is entered instead of the rest. */
const phases: readonly (QuickPickItem & { readonly label: string })[] = [
  { label: 'freeze', description: '(a) the process is suspended; requests for it wait in a queue' },
  { label: 'detach', description: '(b) it leaves the source PMA; its state is sent to the destination' },
  { label: 'install', description: '(c) the destination agrees and takes the task over' },
  { label: 'attach', description: '(c) it is attached to the destination PMA: no way back from here' },
  { label: 'restart', description: '(d) it runs on the destination' },
  { label: 'cleanup', description: '(e) the source forwards the waiting requests and forgets it' },
  { label: 'refused', description: 'the destination refused; the process goes on where it was' },
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
