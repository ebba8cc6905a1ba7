/** The state of pipes and sockets at their file servers. */

/** A pipe, or one end of a connection, or a socket that listens: bytes that wait, and who waits for them. */
export interface StreamState {
  /** `pipe 3`, `socket 5`. */
  readonly name: string;
  readonly kind: 'pipe' | 'socket';
  /** Node of the file server that has it. */
  readonly server: string;
  /** `open` for a pipe; `unbound`, `bound`, `listening`, `connected` for a socket. */
  readonly state: string;
  /** Its names in the tree of files. */
  readonly paths: readonly string[];
  /** Bytes that wait to be read, how many may, and what they are as far as they are text. */
  readonly bytes: number;
  readonly capacity: number;
  readonly text: string;
  /** The other end of a connection; null without one, or when it has gone. */
  readonly peer: string | null;
  /** What has been shut down: `read`, `write`. */
  readonly shut: readonly string[];
  /** How many connections may wait to be accepted, and those that do. */
  readonly backlog: number;
  readonly queue: readonly string[];
  /** Its open file structures: for a pipe one for each end. */
  readonly ends: readonly StreamEnd[];
  readonly waiting: readonly StreamWaiter[];
}

export interface StreamEnd {
  /** `read`, `write`, `non_block`. */
  readonly flags: readonly string[];
  /** Bytes that went through it. */
  readonly position: number;
  /** Which descriptors of which processes stand for it. */
  readonly holders: readonly StreamHolder[];
}

export interface StreamHolder {
  readonly pid: number;
  readonly node: string;
  readonly descriptor: number;
}

/** A request that waits at the server. */
export interface StreamWaiter {
  /** `file.read`, `file.write`, `file.poll`, `socket.accept`, `socket.connect`. */
  readonly operation: string;
  /** Thread of the server that waits. */
  readonly thread: number;
  /** Who has asked; null if that is not known, as of the requests of a select. */
  readonly pid: number | null;
}
