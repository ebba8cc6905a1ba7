/**
 * The cluster that the views follow: the state of the active debug session at this moment, and at the last stop.
 *
 * While the cluster runs, the adapter says up to ten times a second that something has changed; the state is then asked
 * for, one request at a time and not more often than the eye can follow. When it stands still, the state is exact: a
 * stop is never skipped. What counts as changed is measured against the stop before:
 *
 *   running after stop k     shown: the present      before: stop k
 *   standing at stop k       shown: stop k           before: stop k - 1
 *
 * When the session has ended, the last state stays, so that the end of a run can be read; the next session replaces it.
 */
import { EventEmitter, type DebugSession, type Disposable } from 'vscode';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import type { SharedAdapter } from './client.ts';

export interface Moment {
  readonly state: ClusterState;
  /** The last stop before this moment, or null if there was none. */
  readonly before: ClusterState | null;
  readonly isRunning: boolean;
  /** The debug session, or null when it has ended. */
  readonly session: DebugSession | null;
  readonly adapter: SharedAdapter | null;
}

interface Followed {
  readonly session: DebugSession;
  readonly adapter: SharedAdapter;
  readonly listeners: readonly Disposable[];
  /** The last two stops, the later one first. */
  stops: readonly [ClusterState | null, ClusterState | null];
  moment: Moment | null;
  /** What has been announced and not been fetched yet. */
  wanted: 'nothing' | 'running' | 'stop';
  isFetching: boolean;
  fetched_ms: number;
}

const runningEvery_ms = 250;

export class Cluster implements Disposable {
  readonly #changed = new EventEmitter<Moment | null>();
  readonly #followed = new Map<string, Followed>();
  #active: Followed | null = null;
  #moment: Moment | null = null;

  readonly onDidChange = this.#changed.event;

  get moment(): Moment | null {
    return this.#moment;
  }

  follow(session: DebugSession, adapter: SharedAdapter): void {
    const followed: Followed = {
      session,
      adapter,
      listeners: [
        adapter.onEvent(({ event, body }) => {
          if (event === 'osf1ad/changed') this.#announce(followed, isRunning(body) ? 'running' : 'stop');
        }),
        adapter.onEnd(() => this.#forget(followed)),
      ],
      stops: [null, null],
      moment: null,
      wanted: 'nothing',
      isFetching: false,
      fetched_ms: 0,
    };
    this.#followed.set(session.id, followed);
    this.#active = followed;
  }

  /** Another debug session has the focus; one of another type leaves the views as they are. */
  activate(session: DebugSession | undefined): void {
    const followed = session === undefined ? undefined : this.#followed.get(session.id);
    if (followed === undefined || followed === this.#active) return;
    this.#active = followed;
    if (followed.moment !== null) this.#show(followed, followed.moment);
  }

  dispose(): void {
    for (const followed of this.#followed.values()) this.#forget(followed);
    this.#changed.dispose();
  }

  #announce(followed: Followed, what: 'running' | 'stop'): void {
    if (followed.wanted !== 'stop') followed.wanted = what;
    if (!followed.isFetching) void this.#fetch(followed);
  }

  /** Fetches until nothing is wanted any more; the running state only as often as it is worth it. */
  async #fetch(followed: Followed): Promise<void> {
    followed.isFetching = true;
    while (followed.wanted !== 'nothing') {
      if (followed.wanted === 'running' && Date.now() - followed.fetched_ms < runningEvery_ms) break;
      const isStop = followed.wanted === 'stop';
      followed.wanted = 'nothing';
      followed.fetched_ms = Date.now();
      const state = (await followed.adapter.request('osf1ad/state')) as ClusterState | null;
      if (state === null) continue;
      if (isStop) followed.stops = [state, followed.stops[0]];
      const before = isStop ? followed.stops[1] : followed.stops[0];
      const { session, adapter } = followed;
      this.#show(followed, { state, before, isRunning: !isStop, session, adapter });
    }
    followed.isFetching = false;
  }

  #show(followed: Followed, moment: Moment): void {
    followed.moment = moment;
    if (followed !== this.#active) return;
    this.#moment = moment;
    this.#changed.fire(moment);
  }

  #forget(followed: Followed): void {
    for (const listener of followed.listeners) listener.dispose();
    this.#followed.delete(followed.session.id);
    if (followed !== this.#active || followed.moment === null) return;
    this.#show(followed, { ...followed.moment, isRunning: false, session: null, adapter: null });
  }
}

function isRunning(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'running' in body && body.running === true;
}
