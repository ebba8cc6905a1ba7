/**
 * The words that begin something, with the sentence that completion and hover show, in the order in which they are
 * offered.
 */
import type { Word } from './words.ts';

export const declarationWords: readonly Word[] = [
  { name: 'cluster', doc: 'Machines, their network, and what runs on each node: `cluster NAME { ... }`.' },
  { name: 'file', doc: 'A file that exists when a run begins: `file "/path" on NODE size SIZE`.' },
  { name: 'const', doc: 'A value that is known before the run: `const NAME = VALUE`.' },
  { name: 'program', doc: 'What a process runs: `program NAME(parameter: type) { ... }`.' },
  { name: 'task', doc: 'What a Mach task does, without UNIX: `task NAME(parameter: type) { ... }`.' },
  {
    name: 'scenario',
    doc: 'What happens when, and what must hold: `scenario "title" on CLUSTER seed NUMBER { ... }`.',
  },
];

export const clusterWords: readonly Word[] = [
  { name: 'machine', doc: 'The profile of the machines, with their prices.' },
  { name: 'network', doc: 'The profile of the network, with its prices.' },
  { name: 'price', doc: 'Sets one price for this cluster: `price kernel_call 0.5 ms`.' },
  {
    name: 'process_management',
    doc: 'Who manages processes: `process_management centralised`, `distributed` (if it does not say) or `local_masters`.',
  },
  {
    name: 'file_caching',
    doc: 'Whether processes keep what is in files, and the positions of open files, under tokens: `file_caching on`; `off` if it does not say.',
  },
  {
    name: 'placement',
    doc: 'Where the process of a spawn, a fork or an exec without `on` goes: `placement local` (if it does not say), `least_loaded` or `round_robin`.',
  },
  {
    name: 'lost_pages',
    doc: 'When a process dies whose pages are lost with the node that it came from: `lost_pages at_once`, when that is noticed, or `at_fault`, when it touches one (if it does not say).',
  },
  { name: 'node', doc: 'A node and what runs on it: `node NAME { pma ... }`.' },
];

export const nodeWords: readonly Word[] = [
  { name: 'pma', doc: 'A process management agent: without one the node is a pure compute node.' },
  { name: 'pm_master', doc: 'The PM Master, which knows where every process is. A cluster has one.' },
  { name: 'credentials', doc: 'The credentials server. A cluster has one.' },
  { name: 'monitor', doc: 'The statistics monitor: PMAs tell it what processes and migrations have taken.' },
  { name: 'console', doc: 'Where the operator sits; on the node of the PM Master if no node has it.' },
  { name: 'file_server', doc: 'A file server for the files below a directory: `file_server "/"`.' },
  { name: 'memory', doc: 'The physical memory of the node; 16 MB if it does not say.' },
  {
    name: 'refuse',
    doc: 'Refuses migrations: `refuse always`, `refuse when memory.free < SIZE`, or, instead of having them queue, `refuse when busy`.',
  },
];

/** Statements of programs and scenarios alike. */
export const commonWords: readonly Word[] = [
  { name: 'let', doc: 'Makes a variable: `let NAME = VALUE`. It is visible to the end of its block.' },
  { name: 'if', doc: '`if CONDITION { ... } else if CONDITION { ... } else { ... }`' },
  { name: 'while', doc: '`while CONDITION { ... }`' },
  { name: 'for', doc: '`for NAME in FIRST .. LAST { ... }`: both ends included, LAST is evaluated once.' },
  { name: 'break', doc: 'Goes on after the loop.' },
  { name: 'continue', doc: 'Goes on with the next time around the loop.' },
];

const waitWord: Word = {
  name: 'wait',
  doc: 'Waits for a process to exit, in a scenario also for a migration or a task to end.',
};

const onWord: Word = {
  name: 'on',
  doc: 'In a program `on SIGUSR1 { ... }`: what is done with the signal from here on; `restart`: calls that it interrupts are made again; `mask SET`: what is blocked meanwhile. In a scenario `on phase PHASE of PROCESS { ... }`: done when the migration enters the phase.',
};

export const programWords: readonly Word[] = [
  waitWord,
  { name: 'compute', doc: 'Uses the processor for a time: `compute 40 ms`.' },
  { name: 'touch', doc: 'Reads pages of a region: `touch data[0 .. 3]`.' },
  { name: 'dirty', doc: 'Writes pages of a region: `dirty data[0 .. 3]`.' },
  { name: 'exec', doc: 'Goes on as another program: `exec P(...)`.' },
  { name: 'sleep', doc: 'Lets a time pass: `sleep 200 ms`.' },
  { name: 'count', doc: 'A number that all threads of the process count on: `count NAME`.' },
  {
    name: 'thread',
    doc: '`thread { ... }`, `thread NAME { ... }`: one more thread of the process, with a copy of the variables; `wait NAME` waits until it has ended.',
  },
  onWord,
];

export const taskWords: readonly Word[] = [
  { name: 'compute', doc: 'Uses the processor for a time: `compute 40 ms`.' },
  { name: 'sleep', doc: 'Lets a time pass: `sleep 200 ms`.' },
  { name: 'touch', doc: 'Reads pages of memory: `touch m[0 .. 3]`.' },
  { name: 'dirty', doc: 'Writes pages of memory: `dirty m[0 .. 3]`.' },
  { name: 'count', doc: 'A number that all threads of the task count on, and a scenario may ask for: `count NAME`.' },
  { name: 'thread', doc: '`thread { ... }`: one more thread of the task, with a copy of the variables.' },
  { name: 'publish', doc: 'Tells the name server of a port that the task receives on: `publish p as "name"`.' },
  {
    name: 'request',
    doc: '`request notification no_senders on p to q`: the kernel tells q, once. Also `dead_name`, `port_destroyed`.',
  },
];

export const scenarioWords: readonly Word[] = [
  waitWord,
  { name: 'at', doc: 'Waits until the virtual clock shows a time: `at 500 ms`.' },
  { name: 'sleep', doc: 'Lets a time pass: `sleep 200 ms`.' },
  { name: 'expect', doc: 'What must hold here: `expect p.status == 0`.' },
  onWord,
  { name: 'crash', doc: 'A node fails: `crash NODE`.' },
  { name: 'reboot', doc: 'A node that has failed boots again, with an empty kernel: `reboot NODE`.' },
  {
    name: 'partition',
    doc: 'The network breaks: `partition NODE, NODE from NODE`. What is sent across waits until it heals, or until the one side takes the other to be down.',
  },
  { name: 'heal', doc: 'The network is whole again: `heal`. Nodes that were taken to be down boot again.' },
];

export const programValueWords: readonly Word[] = [
  { name: 'fork', doc: 'A child that does the block and exits: `let child = fork { ... }`. Its value is the child.' },
];

export const taskValueWords: readonly Word[] = [
  {
    name: 'port',
    doc: 'A new port, whose receive right the task has; `port set { p, q }` is a port set with members.',
  },
  {
    name: 'lookup',
    doc: 'A send right to a port that somebody publishes: `lookup "name"`. Waits until it is published.',
  },
  { name: 'start', doc: 'A child, which inherits memory: `start T(...)`, on another node `start T(...) on "NODE"`.' },
];

/** What a message takes along, inside the parentheses of `send`, `rpc` and `reply`. */
export const carriedWords: readonly Word[] = [
  { name: 'copy', doc: '`copy p`: a send right; the sender keeps its own. `copy m`: memory as it is now.' },
  {
    name: 'move',
    doc: "`move p`: the sender's send or send-once right; `move receive p`: its receive right. `move m`: memory, which leaves the sender.",
  },
  { name: 'make', doc: '`make send p`, `make send once p`: a new right to a port that the sender receives on.' },
  { name: 'share', doc: '`share m`: a send right to the memory object behind the memory; `vm_map` maps it.' },
];

export const scenarioValueWords: readonly Word[] = [
  { name: 'start', doc: 'Starts a Mach task: `let t = start T(...) on NODE`.' },
  {
    name: 'spawn',
    doc: 'Starts a program: `let p = spawn P(...) on NODE`; without `on` it goes where the `placement` of the cluster says.',
  },
  { name: 'migrate', doc: 'Asks for a migration and goes on: `let m = migrate p to NODE by process`.' },
];

/** What becomes of calls in progress, or how a task is moved: what may follow `migrate p to NODE`. */
const howWords: readonly Word[] = [
  {
    name: 'awaiting',
    doc: 'The end of every system call in progress is awaited, as the paper does: `awaiting calls`.',
  },
  {
    name: 'restarting',
    doc: 'Calls that only wait are given up and begun again at the destination: `restarting calls`.',
  },
  { name: 'early', doc: 'Calls are awaited, but the task is copied meanwhile if they only wait.' },
  { name: 'using', doc: 'Who moves the task: `using oms`.' },
  { name: 'with', doc: 'How its memory travels: `with eager`.' },
  { name: 'rounds', doc: 'Pre-copy: how many rounds at most before the task is suspended.' },
  { name: 'threshold', doc: 'Pre-copy: with so few dirty pages left the task is suspended at once.' },
  {
    name: 'agent',
    doc: 'Where the migration server runs that does the work: `agent on NODE`; if missing, the destination.',
  },
];

/** Every word with a doc, for hover. */
export const documentedWords: ReadonlyMap<string, string> = new Map(
  [
    declarationWords,
    clusterWords,
    nodeWords,
    commonWords,
    programWords,
    scenarioWords,
    programValueWords,
    howWords,
    carriedWords,
    taskWords,
    taskValueWords,
    scenarioValueWords,
  ].flatMap((words) => words.map(({ name, doc }): [string, string] => [name, doc])),
);
