/**
 * The commands. Each one works from the palette, from a menu and from a key; where a row or a thread would say what is
 * meant and there is none, the focused thread of the debugger is meant, or somebody is asked.
 */
import { Uri, commands, debug, env, window, workspace, type Disposable } from 'vscode';
import type { CapabilityPanels } from './capability-table/panel.ts';
import type { Cluster } from './debug/cluster.ts';
import { start } from './debug/configuration.ts';
import { breakOnPhases } from './phases.ts';
import { portOf, processOf, serverOf, streamOf, type Inspectors, type VariableMenu } from './inspector/commands.ts';
import type { Report } from './report.ts';
import { isTask, revealStack, taskOfThread } from './trees/follow.ts';
import type { ClusterTree } from './trees/tree.ts';
import { ownerOf, type TableOwner } from './views/capabilities.ts';
import type { MarkedRow } from './views/changes.ts';
import { count } from './views/quantities.ts';
import { taskIcon, taskTitle } from './views/tasks.ts';

export interface Parts {
  readonly extension: Uri;
  readonly cluster: Cluster;
  readonly tasks: ClusterTree;
  readonly panels: CapabilityPanels;
  readonly inspectors: Inspectors;
  readonly report: Report;
}

export function registerCommands(parts: Parts): Disposable[] {
  const { cluster, tasks, panels, inspectors, report } = parts;
  const register = (name: string, run: (argument: never, second: never) => unknown): Disposable =>
    commands.registerCommand(`osf1ad.${name}`, run);
  return [
    register('debugScenario', (script?: Uri, scenario?: string) => startScript(script, scenario, false)),
    register('runScenario', (script?: Uri, scenario?: string) => startScript(script, scenario, true)),
    register('openExample', () => openExample(parts.extension)),
    register('breakOnPhases', breakOnPhases),
    register('learn', () =>
      commands.executeCommand('workbench.action.openWalkthrough', 'osf1ad.osf1ad#osf1ad.firstStop', false),
    ),
    register('showCapabilities', async (row?: MarkedRow) => {
      const owner = row === undefined ? await pickOwner(cluster, 'Capability table') : ownerOfRow(cluster, row);
      if (owner !== undefined) panels.show(owner);
    }),
    register('inspectPort', async (row?: MarkedRow | VariableMenu) => {
      const owner = await portOf(cluster, row);
      if (owner !== undefined) inspectors.ports.show(owner);
    }),
    register('inspectMemory', async (row?: MarkedRow) => {
      const owner = row === undefined ? await pickOwner(cluster, 'Memory') : ownerOfRow(cluster, row);
      if (owner !== undefined) inspectors.memory.show(owner);
    }),
    register('inspectProcess', async (row?: MarkedRow) => {
      const owner = await processOf(cluster, row);
      if (owner !== undefined) inspectors.processes.show({ pid: owner.pid });
    }),
    register('inspectServer', async (row?: MarkedRow) => {
      const owner = await serverOf(cluster, row);
      if (owner !== undefined) inspectors.servers.show(owner);
    }),
    register('inspectStream', async (row?: MarkedRow) => {
      const owner = await streamOf(cluster, row);
      if (owner !== undefined) inspectors.streams.show({ name: owner.name });
    }),
    register('revealStack', (row: MarkedRow) => revealStack(cluster, row.subject)),
    register('revealTask', async (place: unknown, context: unknown) => {
      if (cluster.moment === null) return;
      const thread = threadOf(place) ?? threadOf(context) ?? debug.activeStackItem?.threadId;
      if (thread !== undefined) await tasks.reveal(isTask(cluster.moment.state, thread - 1));
    }),
    register('copyValue', (row: MarkedRow) => env.clipboard.writeText([row.label, row.description].join('\t'))),
    register('showReport', () => report.show()),
  ];
}

/** What the Call Stack view gives to a command of its menu: a thread's number, or an object that has it. */
function threadOf(argument: unknown): number | undefined {
  if (typeof argument === 'number') return argument;
  const isContext = typeof argument === 'object' && argument !== null && 'threadId' in argument;
  return isContext ? Number(argument.threadId) : undefined;
}

async function startScript(script: Uri | undefined, scenario: string | undefined, noDebug: boolean): Promise<void> {
  const chosen = script ?? window.activeTextEditor?.document.uri;
  if (chosen === undefined) await openExample(undefined);
  else await start(chosen, scenario, noDebug);
}

/** The scripts that come with the extension, or those of the open folder if it has any. */
async function openExample(extension: Uri | undefined): Promise<void> {
  const own = await workspace.findFiles('**/*.adw', '**/node_modules/**', 100);
  const found = own.length > 0 || extension === undefined ? own : await shippedExamples(extension);
  const items = found
    .map((uri) => ({ label: uri.path.slice(uri.path.lastIndexOf('/') + 1), uri }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
  const picked = await window.showQuickPick(items, { title: 'Open an example', placeHolder: 'Workload script' });
  if (picked !== undefined) await window.showTextDocument(picked.uri, { preview: false });
}

async function shippedExamples(extension: Uri): Promise<Uri[]> {
  const folder = Uri.joinPath(extension, 'examples');
  const files = await workspace.fs.readDirectory(folder);
  return files.flatMap(([name]) => (name.endsWith('.adw') ? [Uri.joinPath(folder, name)] : []));
}

function ownerOfRow(cluster: Cluster, { subject }: MarkedRow): TableOwner | undefined {
  if (subject.pid !== undefined) return { pid: subject.pid };
  const task = cluster.moment?.state.tasks.find(({ task }) => task === subject.task);
  return task === undefined ? undefined : ownerOf(task);
}

/** The task of the focused thread stands first, so that Enter takes it. */
async function pickOwner(cluster: Cluster, title: string): Promise<TableOwner | undefined> {
  const state = cluster.moment?.state;
  if (state === undefined) return undefined;
  const focused = taskOfThread(state, Number(debug.activeStackItem?.threadId) - 1);
  const all = [...state.tasks].sort((a, b) => Number(b === focused) - Number(a === focused));
  const items = all.map((task) => ({
    label: `$(${taskIcon(task)}) ${taskTitle(task)}`,
    description: task.node,
    detail: count(task.capabilities.length, 'capability'),
    task,
  }));
  const picked = await window.showQuickPick(items, {
    title,
    placeHolder: 'Task',
    matchOnDescription: true,
  });
  return picked === undefined ? undefined : ownerOf(picked.task);
}
