/**
 * The driver moves the cluster in slices of a few milliseconds, so that requests are answered while it runs.
 *
 * A *motion* (motions/) is a generator: it performs one slice of its work, yields, and goes on when the driver resumes
 * it after the messages that had come meanwhile. What it gets back from `yield` is the wish to pause, if there is one;
 * a motion then ends where it can. There is never more than one motion. How many events fit into a slice is learned
 * from the slice before.
 */
import { messageOf } from './errors.ts';
import type { Arrival } from './stop.ts';

/** A wish to stop, naming the thread that the client looks at. */
export interface Pause {
  readonly thread: number | null;
}

export type Motion = Generator<void, Arrival, Pause | null>;

export interface Pace {
  /** Events to perform in the next slice. */
  events: number;
}

export interface DriverEvents {
  /** After each slice, while the motion goes on. */
  slice(): void;
  arrived(arrival: Arrival): void;
  /** The simulator threw: a broken invariant, or a defect. The cluster stands where it was when that happened. */
  failed(text: string): void;
}

export interface Driver {
  readonly pace: Pace;
  isMoving(): boolean;
  start(motion: Motion): void;
  pause(wish: Pause): void;
  /** Drops the motion where it is, without a word. */
  abandon(): void;
}

const slice_ms = 8;
const eventsMin = 64;
const eventsMax = 4_000_000;

export function createDriver(events: DriverEvents): Driver {
  const pace: Pace = { events: 256 };
  let moving: Motion | null = null;
  let wish: Pause | null = null;

  function resume(motion: Motion): void {
    if (motion !== moving) return;
    try {
      slice(motion);
    } catch (error) {
      moving = null;
      events.failed(messageOf(error));
    }
  }

  function slice(motion: Motion): void {
    const began = performance.now();
    const step = motion.next(wish);
    if (step.done) {
      moving = null;
      events.arrived(step.value);
      return;
    }
    pace.events = nextPace(pace.events, performance.now() - began);
    events.slice();
    soon(() => resume(motion));
  }

  return {
    pace,
    isMoving: () => moving !== null,
    start(motion) {
      moving = motion;
      wish = null;
      soon(() => resume(motion));
    },
    pause(wanted) {
      wish = wanted;
    },
    abandon() {
      moving = null;
    },
  };
}

/** So many events as would have taken the time of a slice; at most twice as many as before. */
function nextPace(events: number, took_ms: number): number {
  const fitting = Math.round((events * slice_ms) / Math.max(took_ms, slice_ms / 2));
  return Math.min(Math.max(fitting, eventsMin), eventsMax);
}

/** Calls back after the messages that are waiting. Editors in a browser have no setImmediate; a message port does it. */
function soon(action: () => void): void {
  if (typeof setImmediate === 'function') {
    setImmediate(action);
    return;
  }
  const { port1, port2 } = new MessageChannel();
  const answered = (): void => {
    port1.close();
    action();
  };
  port1.addEventListener('message', answered, { once: true });
  port1.start();
  port2.postMessage(null);
}
