/**
 * Virtual time in the status bar, while a session is active; a spinner while the cluster runs.
 */
import { StatusBarAlignment, window, type Disposable } from 'vscode';
import type { Cluster, Moment } from './debug/cluster.ts';
import { momentWords } from './views/moment.ts';
import { time } from './views/quantities.ts';

export function showTime(cluster: Cluster): Disposable[] {
  const item = window.createStatusBarItem('osf1ad.time', StatusBarAlignment.Left, 10);
  item.name = 'Virtual Time';
  item.command = 'osf1ad.nodes.focus';
  const show = (moment: Moment | null): void => {
    if (moment?.session == null) {
      item.hide();
      return;
    }
    const { state, isRunning } = moment;
    item.text = `$(${isRunning ? 'sync~spin' : 'watch'}) ${momentWords(state)}`;
    item.accessibilityInformation = { label: `Virtual time ${momentWords(state)}${isRunning ? ', running' : ''}` };
    item.tooltip = [
      `Scenario "${state.scenario}", seed ${state.seed}`,
      `${time(state.time)} of virtual time, ${state.event} events`,
      `Digest of the cluster: ${state.digest}`,
    ].join('\n');
    item.show();
  };
  return [item, cluster.onDidChange(show)];
}
