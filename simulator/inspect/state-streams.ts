/** What file servers keep: open file structures, and what is in pipes and sockets. */

/** An open file structure: who shares it shares its position, wherever he is. [mechanisms 5.1, P10] */
export interface OpenFileState {
  /** The server's number of it. */
  readonly open: number;
  /** Node of the file server. */
  readonly server: string;
  /** Its path, or what people call it: `pipe 3`. */
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'pipe' | 'socket' | 'terminal';
  /** Bytes of the file. */
  readonly size: number;
  /** `read`, `write`, `non_block`. */
  readonly flags: readonly string[];
  /** As the server knows it: while somebody has its token it is where that one began. */
  readonly position: number;
  /** Who has the token of the position, and which file token with it; null if it is here. */
  readonly token: { readonly access: 'none' | 'read' | 'write'; readonly pid: number | null } | null;
  /** Which descriptors of which processes stand for it. */
  readonly holders: readonly StreamHolder[];
}

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
  /** The same bytes, two hexadecimal digits each; zeros at the end are left out. */
  readonly data: string;
  /** Bytes that were read from a pipe before: the place of the first one that waits. Of a socket 0. */
  readonly taken: number;
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
