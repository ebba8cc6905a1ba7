/**
 * The event queue: everything that is going to happen, ordered by (time, sequence number).
 *
 * A binary heap over typed arrays holds the events of the future; a ring holds those of this very instant, which are
 * the majority. Sequence numbers rise with every event, so events of one instant happen in the order in which they
 * were emitted, whichever of the two holds them. Times are whole nanoseconds in a Float64Array (exact up to 104 days).
 *
 * The heap was measured against a calendar queue: with constant latencies and far time-outs the calendar collapses.
 *
 * The columns double when they are full, and shrink to a quarter when seven eighths of them are free: a cluster in which
 * everything began at once does not carry, and copy, the room for that ever after.
 */

export interface EventQueue {
  /** Next sequence number. */
  sequence: number;
  /** The heap: time, sequence and slot of each entry; the first `size` entries are in use. */
  size: number;
  heapTime: Float64Array;
  heapSequence: Float64Array;
  heapSlot: Int32Array;
  /** The ring of this instant: slots, from `head`, `count` of them. */
  head: number;
  count: number;
  ring: Int32Array;
  /** The columns of each slot. */
  kind: Int32Array;
  a: Int32Array;
  b: Int32Array;
  slotSequence: Float64Array;
  freeSlots: Int32Array;
  freeCount: number;
  /** More free slots than this are too many. */
  spare: number;
}

const initial = 64;

export function eventQueue(): EventQueue {
  const queue: EventQueue = {
    sequence: 0,
    size: 0,
    heapTime: new Float64Array(initial),
    heapSequence: new Float64Array(initial),
    heapSlot: new Int32Array(initial),
    head: 0,
    count: 0,
    ring: new Int32Array(initial),
    kind: new Int32Array(initial),
    a: new Int32Array(initial),
    b: new Int32Array(initial),
    slotSequence: new Float64Array(initial),
    freeSlots: new Int32Array(initial),
    freeCount: 0,
    spare: initial,
  };
  freeFrom(queue, 0);
  return queue;
}

/** Adds an event of this instant. */
export function pushNow(queue: EventQueue, kind: number, a: number, b: number): void {
  const slot = fill(queue, kind, a, b);
  if (queue.count === queue.ring.length) growRing(queue);
  queue.ring[(queue.head + queue.count) & (queue.ring.length - 1)] = slot;
  queue.count++;
}

/** Adds an event of the future. */
export function pushAt(queue: EventQueue, time: number, kind: number, a: number, b: number): void {
  const slot = fill(queue, kind, a, b);
  if (queue.size === queue.heapTime.length) growHeap(queue);
  const sequence = queue.slotSequence[slot]!;
  const { heapTime, heapSequence, heapSlot } = queue;
  let hole = queue.size++;
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    const parentTime = heapTime[parent]!;
    if (parentTime < time || (parentTime === time && heapSequence[parent]! < sequence)) break;
    heapTime[hole] = parentTime;
    heapSequence[hole] = heapSequence[parent]!;
    heapSlot[hole] = heapSlot[parent]!;
    hole = parent;
  }
  heapTime[hole] = time;
  heapSequence[hole] = sequence;
  heapSlot[hole] = slot;
}

export function isEmpty(queue: EventQueue): boolean {
  return queue.count === 0 && queue.size === 0;
}

/** Slot of the event that comes next; the queue must not be empty. */
export function nextSlot(queue: EventQueue, now: number): number {
  return ringFirst(queue, now) ? queue.ring[queue.head]! : queue.heapSlot[0]!;
}

/** Time of the event that comes next; the queue must not be empty. */
export function nextTime(queue: EventQueue, now: number): number {
  return queue.count > 0 ? now : queue.heapTime[0]!;
}

/** Removes the next event and returns its slot, which can be read from the columns (as they are now) until the next push. */
export function pop(queue: EventQueue, now: number): number {
  if (queue.freeCount > queue.spare) shrink(queue);
  let slot: number;
  if (ringFirst(queue, now)) {
    slot = queue.ring[queue.head]!;
    queue.head = (queue.head + 1) & (queue.ring.length - 1);
    queue.count--;
  } else {
    slot = queue.heapSlot[0]!;
    sink(queue);
  }
  queue.freeSlots[queue.freeCount++] = slot;
  return slot;
}

/** Whether the ring's first event comes before the heap's. */
function ringFirst(queue: EventQueue, now: number): boolean {
  if (queue.count === 0) return false;
  if (queue.size === 0 || queue.heapTime[0]! > now) return true;
  return queue.slotSequence[queue.ring[queue.head]!]! < queue.heapSequence[0]!;
}

/** Removes the heap's first entry: the last one sinks from the top to its place. */
function sink(queue: EventQueue): void {
  const size = --queue.size;
  const { heapTime, heapSequence, heapSlot } = queue;
  const time = heapTime[size]!;
  const sequence = heapSequence[size]!;
  const slot = heapSlot[size]!;
  let hole = 0;
  for (let left = 1; left < size; left = 2 * hole + 1) {
    const right = left + 1;
    let child = left;
    if (right < size) {
      const leftTime = heapTime[left]!;
      const rightTime = heapTime[right]!;
      child += +(rightTime < leftTime);
      if (rightTime === leftTime && heapSequence[right]! < heapSequence[left]!) child = right;
    }
    const childTime = heapTime[child]!;
    if (time < childTime || (time === childTime && sequence < heapSequence[child]!)) break;
    heapTime[hole] = childTime;
    heapSequence[hole] = heapSequence[child]!;
    heapSlot[hole] = heapSlot[child]!;
    hole = child;
  }
  heapTime[hole] = time;
  heapSequence[hole] = sequence;
  heapSlot[hole] = slot;
}

/** Takes every event back that fits; the others keep their times and their order. */
export function withdraw(queue: EventQueue, fits: (kind: number, a: number, b: number) => boolean): void {
  const withdrawn = (slot: number): boolean => {
    if (!fits(queue.kind[slot]!, queue.a[slot]!, queue.b[slot]!)) return false;
    queue.freeSlots[queue.freeCount++] = slot;
    return true;
  };
  const mask = queue.ring.length - 1;
  const { count, size } = queue;
  queue.count = 0;
  for (let i = 0; i < count; i++) {
    const slot = queue.ring[(queue.head + i) & mask]!;
    if (!withdrawn(slot)) queue.ring[(queue.head + queue.count++) & mask] = slot;
  }
  const kept: (readonly [time: number, sequence: number, slot: number])[] = [];
  for (let i = 0; i < size; i++) {
    const slot = queue.heapSlot[i]!;
    if (!withdrawn(slot)) kept.push([queue.heapTime[i]!, queue.heapSequence[i]!, slot]);
  }
  // In order, they are a heap.
  kept.sort((x, y) => x[0] - y[0] || x[1] - y[1]);
  queue.size = kept.length;
  kept.forEach(([time, sequence, slot], i) => {
    queue.heapTime[i] = time;
    queue.heapSequence[i] = sequence;
    queue.heapSlot[i] = slot;
  });
}

function fill(queue: EventQueue, kind: number, a: number, b: number): number {
  if (queue.freeCount === 0) growSlots(queue);
  const slot = queue.freeSlots[--queue.freeCount]!;
  queue.kind[slot] = kind;
  queue.a[slot] = a;
  queue.b[slot] = b;
  queue.slotSequence[slot] = queue.sequence++;
  return slot;
}

function growSlots(queue: EventQueue): void {
  const size = queue.kind.length;
  queue.kind = doubledInts(queue.kind);
  queue.a = doubledInts(queue.a);
  queue.b = doubledInts(queue.b);
  queue.slotSequence = doubledFloats(queue.slotSequence);
  queue.freeSlots = doubledInts(queue.freeSlots);
  queue.spare = size + ((3 * size) >> 2);
  freeFrom(queue, size);
}

/** The slots from this one to the last are free; the first of them is used first. */
function freeFrom(queue: EventQueue, first: number): void {
  for (let slot = queue.kind.length - 1; slot >= first; slot--) queue.freeSlots[queue.freeCount++] = slot;
}

/** The pending events move to the first slots of smaller columns: first those of this instant, then the others. */
function shrink(queue: EventQueue): void {
  const room = Math.max(initial, queue.kind.length >> 2);
  const { ring, heapSlot, kind, a, b, slotSequence } = queue;
  const slots = new Int32Array(queue.count + queue.size);
  for (let i = 0; i < queue.count; i++) slots[i] = ring[(queue.head + i) & (ring.length - 1)]!;
  slots.set(heapSlot.subarray(0, queue.size), queue.count);
  queue.heapTime = resized(queue.heapTime, queue.size, room);
  queue.heapSequence = resized(queue.heapSequence, queue.size, room);
  queue.heapSlot = new Int32Array(room);
  queue.ring = new Int32Array(room);
  queue.kind = new Int32Array(room);
  queue.a = new Int32Array(room);
  queue.b = new Int32Array(room);
  queue.slotSequence = new Float64Array(room);
  queue.freeSlots = new Int32Array(room);
  slots.forEach((from, slot) => {
    queue.kind[slot] = kind[from]!;
    queue.a[slot] = a[from]!;
    queue.b[slot] = b[from]!;
    queue.slotSequence[slot] = slotSequence[from]!;
    if (slot < queue.count) queue.ring[slot] = slot;
    else queue.heapSlot[slot - queue.count] = slot;
  });
  queue.head = 0;
  queue.freeCount = 0;
  queue.spare = room === initial ? room : room - (room >> 3);
  freeFrom(queue, slots.length);
}

function growHeap(queue: EventQueue): void {
  queue.heapTime = doubledFloats(queue.heapTime);
  queue.heapSequence = doubledFloats(queue.heapSequence);
  queue.heapSlot = doubledInts(queue.heapSlot);
}

/** The ring unrolls, so that its first event stands at the start again. */
function growRing(queue: EventQueue): void {
  const size = queue.ring.length;
  const ring = new Int32Array(2 * size);
  for (let i = 0; i < queue.count; i++) ring[i] = queue.ring[(queue.head + i) & (size - 1)]!;
  queue.ring = ring;
  queue.head = 0;
}

function doubledInts(column: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(2 * column.length);
  grown.set(column);
  return grown;
}

function resized(column: Float64Array, used: number, room: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(room);
  grown.set(column.subarray(0, used));
  return grown;
}

function doubledFloats(column: Float64Array): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(2 * column.length);
  grown.set(column);
  return grown;
}

/**
 * The pending events in the order in which they will happen, as [time, kind, a, b]: what two equal worlds must agree
 * on, whatever slots they used.
 */
export function pending(queue: EventQueue, now: number): number[][] {
  const rows: number[][] = [];
  for (let i = 0; i < queue.count; i++)
    rows.push(row(queue, now, queue.ring[(queue.head + i) & (queue.ring.length - 1)]!));
  for (let i = 0; i < queue.size; i++) rows.push(row(queue, queue.heapTime[i]!, queue.heapSlot[i]!));
  rows.sort((x, y) => x[0]! - y[0]! || x[1]! - y[1]!);
  return rows.map(([time, , kind, a, b]) => [time!, kind!, a!, b!]);
}

function row(queue: EventQueue, time: number, slot: number): number[] {
  return [time, queue.slotSequence[slot]!, queue.kind[slot]!, queue.a[slot]!, queue.b[slot]!];
}
