/** What a receive says about the message that it waits for: the options of mach_msg [mechanisms 1.5, 1.11]. */
export interface ReceiveOptions {
  /** How long it waits, in nanoseconds; as long as it takes, if nothing is said (MACH_RCV_TIMEOUT). */
  readonly timeout?: number;
  /** Bytes of the largest message that it takes; any, if nothing is said. */
  readonly size?: number;
  /** A message that is too large stays in its queue, and the receiver is told its size (MACH_RCV_LARGE). */
  readonly large?: boolean;
  /** Regions whose contents the memory in the message replaces, in order; what is left over gets new ones (MACH_RCV_OVERWRITE). */
  readonly overwrite?: readonly string[];
}

/** Shared by all threads that said nothing. */
export const anyMessage: ReceiveOptions = {};
