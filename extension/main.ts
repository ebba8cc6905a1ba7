/**
 * The extension's door: what is registered when it is activated, and nothing that costs time. The language server starts
 * with the first script, the debug adapter with the first session; until then five empty views stand ready.
 *
 *   debug/              the session: configurations, the adapter, the cluster that the views follow
 *   views/              from the state of the cluster to rows and tables, as pure functions
 *   trees/              the five tree views
 *   capability-table/   the panel; its page is webview/
 *   inspector/          the panels of the inspectors; their page is webview/inspector.ts
 */
import { join } from 'node:path';
import { DebugConfigurationProviderTriggerKind, commands, debug, window, type ExtensionContext } from 'vscode';
import { CapabilityPanels } from './capability-table/panel.ts';
import { registerCommands } from './commands.ts';
import { AdapterFactory } from './debug/adapter.ts';
import { Cluster } from './debug/cluster.ts';
import { configurations } from './debug/configuration.ts';
import { LanguageServices } from './language-client.ts';
import { Report } from './report.ts';
import { showTime } from './status-bar.ts';
import { InspectorPanels } from './inspector/panel.ts';
import { followStack, isOwner } from './trees/follow.ts';
import { marks } from './trees/marks.ts';
import { ClusterTree } from './trees/tree.ts';
import { nodeRows } from './views/nodes.ts';
import { portOwner } from './views/port-known.ts';
import { portRows } from './views/ports.ts';
import { fileRows } from './views/files.ts';
import {
  memoryInspector,
  portInspector,
  processInspector,
  serverInspector,
  streamInspector,
} from './views/inspectors.ts';
import { taskRows } from './views/tasks.ts';
import { vprocRows } from './views/vprocs.ts';

let language: LanguageServices | null = null;

export function activate(context: ExtensionContext): void {
  const bundles = join(context.extensionPath, 'dist');
  const cluster = new Cluster();
  const tasks = new ClusterTree('osf1ad.tasks', cluster, taskRows);
  const report = new Report(cluster);
  const inspectors = {
    ports: new InspectorPanels(context.extensionUri, cluster, portInspector),
    memory: new InspectorPanels(context.extensionUri, cluster, memoryInspector),
    processes: new InspectorPanels(context.extensionUri, cluster, processInspector),
    servers: new InspectorPanels(context.extensionUri, cluster, serverInspector),
    streams: new InspectorPanels(context.extensionUri, cluster, streamInspector),
  };
  const panels = new CapabilityPanels(
    context.extensionUri,
    cluster,
    (owner) => void tasks.reveal(isOwner(owner)),
    (port) => {
      const owner = cluster.moment === null ? undefined : portOwner(cluster.moment.state, port);
      if (owner !== undefined) inspectors.ports.show(owner);
    },
  );
  language = new LanguageServices(bundles);
  const { Dynamic } = DebugConfigurationProviderTriggerKind;
  context.subscriptions.push(
    language,
    cluster,
    new ClusterTree('osf1ad.nodes', cluster, nodeRows),
    tasks,
    new ClusterTree('osf1ad.ports', cluster, portRows),
    new ClusterTree('osf1ad.vprocs', cluster, vprocRows),
    new ClusterTree('osf1ad.files', cluster, fileRows),
    window.registerFileDecorationProvider(marks),
    report,
    panels,
    ...Object.values(inspectors),
    ...showTime(cluster),
    cluster.onDidChange((moment) => commands.executeCommand('setContext', 'osf1ad.hasState', moment !== null)),
    followStack(cluster, tasks),
    ...registerCommands({ extension: context.extensionUri, cluster, tasks, panels, inspectors, report }),
    debug.registerDebugConfigurationProvider('osf1ad', configurations),
    debug.registerDebugConfigurationProvider('osf1ad', configurations, Dynamic),
    debug.registerDebugAdapterDescriptorFactory('osf1ad', new AdapterFactory(bundles, cluster)),
    debug.onDidChangeActiveDebugSession((session) => cluster.activate(session)),
  );
}

export async function deactivate(): Promise<void> {
  await language?.stop();
}
