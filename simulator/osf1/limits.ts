/**
 * Resource limits: what a process may use [paper 2.2: "user limits, resource usage"; docs/decisions/0057-who-enforces-a-limit.md].
 *
 * A limit is a soft one, which holds, and a hard one, up to which the process may move the soft one by itself; only the
 * superuser raises a hard limit. The limits of a process are local state: they move with it, a child inherits them, exec
 * keeps them. Who sees the use enforces the limit:
 *
 *   cpu      seconds of processor time, wherever it was spent   the emulator cuts a computation short; the PMA sends SIGXCPU
 *   as       bytes of memory of its program                     the PMA, before exec changes anything
 *   nofile   descriptors                                        the emulator, whose they are
 *   nproc    processes of its real user, on all nodes           the credentials server, which is told of every new process
 */
import { copy } from '../base/plain.ts';
import { SUPERUSER } from './users.ts';

/** No limit. */
export const RLIM_INFINITY = Number.MAX_SAFE_INTEGER;

export interface Limit {
  readonly soft: number;
  readonly hard: number;
}

/** By the number of RLIMIT_... in programs. */
export const resources = ['cpu', 'as', 'nofile', 'nproc'] as const;
export type Resource = (typeof resources)[number];

export type Limits = Record<Resource, Limit>;

const unlimited: Limit = { soft: RLIM_INFINITY, hard: RLIM_INFINITY };

/** What every process has that nobody has given anything else: 64 descriptors, and up to 4096 if it asks for them. */
export const usualLimits: Readonly<Limits> = {
  cpu: unlimited,
  as: unlimited,
  nofile: { soft: 64, hard: 4096 },
  nproc: unlimited,
};

export const newLimits = (): Limits => copy(usualLimits);

/** The error of a change that may not be made; empty if it may. */
export function whyNot(before: Limit, { soft, hard }: Limit, uid: number): '' | 'EINVAL' | 'EPERM' {
  if (soft < 0 || soft > hard) return 'EINVAL';
  return hard > before.hard && uid !== SUPERUSER ? 'EPERM' : '';
}

export const SECOND = 1_000_000_000;

/** The processor time (ns) at which a process with this limit is to be looked at next; it has used `used`. */
function nextLook({ soft, hard }: Limit, used: number): number {
  if (soft === RLIM_INFINITY) return RLIM_INFINITY;
  if (used < soft * SECOND) return soft * SECOND;
  // Once a second beyond the soft limit, and at the hard one.
  const next = (Math.floor(used / SECOND) + 1) * SECOND;
  return hard === RLIM_INFINITY ? next : Math.min(next, hard * SECOND);
}

/** What the emulator enforces itself: descriptors, bytes of memory, and when (ns of processor time) it is to ask the PMA. */
export interface EmulatorLimits {
  readonly files: number;
  readonly memory: number;
  readonly processor: number;
}

export function emulatorLimits({ cpu, as, nofile }: Readonly<Limits>, used: number): EmulatorLimits {
  return { files: nofile.soft, memory: as.soft, processor: nextLook(cpu, used) };
}

/** Whether it has used more of the processor than it may. */
export const isExceeded = ({ cpu }: Readonly<Limits>, used: number): boolean =>
  cpu.soft !== RLIM_INFINITY && used >= cpu.soft * SECOND;
