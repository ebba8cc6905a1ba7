/**
 * One tree view over the followed cluster: the thin piece between rows (views/) and the editor.
 *
 * The rows are made and compared once a moment, and the editor is told only if something that can be seen is different.
 * Identities are stable, so what somebody has opened stays open while the cluster runs, steps and steps back.
 */
import {
  EventEmitter,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  window,
  type Disposable,
  type TreeDataProvider,
  type TreeView,
} from 'vscode';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import type { Cluster, Moment } from '../debug/cluster.ts';
import { compareRows, type MarkedRow } from '../views/changes.ts';
import type { Row } from '../views/row.ts';
import { spoken, tooltipMarkdown } from '../views/tooltip.ts';
import { markUri } from './marks.ts';

export class ClusterTree implements TreeDataProvider<MarkedRow>, Disposable {
  readonly view: TreeView<MarkedRow>;
  readonly #rowsOf: (state: ClusterState) => readonly Row[];
  readonly #changed = new EventEmitter<void>();
  readonly #listener: Disposable;
  readonly #parents = new Map<MarkedRow, MarkedRow | undefined>();
  #rows: readonly MarkedRow[] = [];
  #shown = '[]';

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(id: string, cluster: Cluster, rowsOf: (state: ClusterState) => readonly Row[]) {
    this.#rowsOf = rowsOf;
    this.view = window.createTreeView(id, { treeDataProvider: this, showCollapseAll: true });
    this.#listener = cluster.onDidChange((moment) => this.#show(moment));
    this.#show(cluster.moment);
  }

  getChildren(row?: MarkedRow): MarkedRow[] {
    return [...(row === undefined ? this.#rows : row.children)];
  }

  getParent(row: MarkedRow): MarkedRow | undefined {
    return this.#parents.get(row);
  }

  getTreeItem(row: MarkedRow): TreeItem {
    const item = new TreeItem(row.label, collapsible(row));
    item.id = row.id;
    item.description = row.description;
    item.iconPath = new ThemeIcon(row.icon, row.color === undefined ? undefined : new ThemeColor(row.color));
    item.contextValue = row.kind;
    item.accessibilityInformation = { label: spoken(row) };
    if (row.mark !== 'same') item.resourceUri = markUri(row.id, row.mark);
    if (row.kind === 'capabilities') {
      item.command = { title: 'Show Capability Table', command: 'osf1ad.showCapabilities', arguments: [row] };
    }
    return item;
  }

  resolveTreeItem(item: TreeItem, row: MarkedRow): TreeItem {
    item.tooltip = new MarkdownString(tooltipMarkdown(row), true);
    return item;
  }

  /** Selects the first such row without taking the focus; brings the view up if it is not seen. */
  async reveal(isWanted: (row: MarkedRow) => boolean): Promise<void> {
    const row = [...this.#parents.keys()].find(isWanted);
    if (row !== undefined) await this.view.reveal(row, { select: true, focus: false });
  }

  dispose(): void {
    this.#listener.dispose();
    this.view.dispose();
    this.#changed.dispose();
  }

  #show(moment: Moment | null): void {
    this.view.message = messageOf(moment);
    const rows =
      moment === null
        ? []
        : compareRows(this.#rowsOf(moment.state), moment.before === null ? null : this.#rowsOf(moment.before));
    const shown = JSON.stringify(rows);
    if (shown === this.#shown) return;
    this.#rows = rows;
    this.#shown = shown;
    this.#parents.clear();
    this.#index(rows, undefined);
    this.#changed.fire();
  }

  #index(rows: readonly MarkedRow[], parent: MarkedRow | undefined): void {
    for (const row of rows) {
      this.#parents.set(row, parent);
      this.#index(row.children, row);
    }
  }
}

/** An empty row that is to be open counts as open: the editor would remember it as closed when something comes into it. */
function collapsible({ children, open }: Row): TreeItemCollapsibleState {
  if (open) return TreeItemCollapsibleState.Expanded;
  return children.length === 0 ? TreeItemCollapsibleState.None : TreeItemCollapsibleState.Collapsed;
}

/** After the end of a session its last state stays to be read, and the view says so. */
function messageOf(moment: Moment | null): string {
  if (moment === null || moment.session !== null) return '';
  const { finished } = moment.state;
  return finished === null ? 'The session has ended; this is its last state.' : `The run is over: ${finished}.`;
}
