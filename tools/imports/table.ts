// The rooms of this house and the doors between them.
//
// A room is a folder (or a single file); a file belongs to the room with the longest path that contains it. A room may
// always import itself. Every other door is named here, and every room says why it has no more of them: the reason is
// printed when somebody runs into the wall. A new door is a change of architecture and comes with a decision record.

export interface Room {
  readonly name: string;
  /** Folders (ending in a slash) and files that make up the room. */
  readonly paths: readonly string[];
  /** Rooms whose values and types may be imported; `simulator/*` names every room below simulator/. */
  readonly rooms: readonly string[];
  /** Rooms of which only types may be imported (`import type`). */
  readonly typesOf?: readonly string[];
  /** Packages that may be imported; `node:` stands for Node's own modules, `*` for any package. */
  readonly packages: readonly string[];
  readonly reason: string;
}

export interface ForbiddenName {
  readonly name: string;
  readonly reason: string;
}

const below = (chain: readonly string[], room: string): string[] =>
  chain.slice(0, chain.indexOf(room)).map((name) => `simulator/${name}`);

const chain = ['base', 'profiles', 'program', 'mach', 'dipc', 'xmm', 'osf1', 'migration', 'workload'] as const;

const layerReason: Readonly<Record<(typeof chain)[number], string>> = {
  base: 'base is what everything stands on; it knows nothing of what is built on it',
  profiles: 'a profile is a price list: data about machines and networks, not about the cluster that uses it',
  program: 'a program is plain instructions; what executes them is far above',
  mach: 'a kernel knows its own tasks, ports and pages; that there are other nodes is the business of dipc and xmm',
  dipc: 'DIPC carries messages and rights between kernels; what pages and processes are is above it',
  xmm: 'XMM moves pages through messages; that UNIX runs on top of it must not show',
  osf1: 'the UNIX servers know processes; that a process can move house is added by migration, which they only signal',
  migration: 'migration uses every server and is used by none; only the engine dispatches to it',
  workload: 'the interpreter makes system calls like any program; nobody below may know that it exists',
};

const layers: Room[] = chain.map((name) => ({
  name: `simulator/${name}`,
  // The instructions are below the kernel, what interprets them is above the servers; they share a folder.
  paths: name === 'program' ? ['simulator/workload/program.ts', 'simulator/workload/program/'] : [`simulator/${name}/`],
  rooms: below(chain, name),
  packages: [],
  reason: layerReason[name],
}));

const lowerRooms = chain.map((name) => `simulator/${name}`);

export const rooms: readonly Room[] = [
  ...layers,
  {
    name: 'simulator/faults',
    paths: ['simulator/faults/'],
    rooms: lowerRooms,
    packages: [],
    reason: 'a fault changes the world as data; when it strikes is decided by the engine, which a fault cannot call',
  },
  {
    name: 'simulator/checkers',
    paths: ['simulator/checkers/'],
    rooms: lowerRooms,
    packages: [],
    reason: 'a checker looks at the world between two events and never touches it; it cannot make the engine step',
  },
  {
    name: 'simulator/inspect',
    paths: ['simulator/inspect/'],
    rooms: [...lowerRooms, 'simulator/faults', 'simulator/checkers'],
    packages: [],
    reason: 'inspect says what the world holds; it must not be able to advance it',
  },
  {
    name: 'simulator/engine',
    paths: ['simulator/engine/'],
    rooms: ['simulator/*'],
    packages: [],
    reason: 'the engine is the only room that dispatches; the simulator imports nothing outside itself',
  },
  {
    name: 'simulator',
    paths: ['simulator/'],
    rooms: ['simulator/*'],
    packages: [],
    reason: 'the simulator is pure: the same seed gives the same world in Node, in a browser and in a test',
  },
  {
    name: 'language/vocabulary',
    paths: ['language/vocabulary/'],
    rooms: [],
    typesOf: ['language'],
    packages: [],
    reason: 'the words of the language are a list: who shows them needs neither a parser nor a cluster',
  },
  {
    name: 'language/compile',
    paths: ['language/compile.ts', 'language/compile/'],
    rooms: ['language', 'language/vocabulary', 'simulator', 'simulator/*'],
    packages: ['langium', 'node:'],
    reason: 'the compiler is where a script becomes instructions: the one place that knows both sides',
  },
  {
    name: 'language',
    paths: ['language/'],
    rooms: ['language/compile', 'language/vocabulary'],
    packages: ['langium', 'vscode-languageserver', 'node:'],
    reason: 'a language server must answer while no cluster exists; only language/compile knows the simulator',
  },
  {
    name: 'debug-adapter',
    paths: ['debug-adapter/'],
    rooms: ['simulator', 'simulator/*', 'language/compile', 'language/vocabulary', 'language'],
    packages: ['@vscode/debugadapter', '@vscode/debugprotocol', 'node:'],
    reason: 'the adapter serves every editor over stdio; what only one editor has (vscode) must stay out of it',
  },
  {
    name: 'extension',
    paths: ['extension/'],
    rooms: ['extension/views'],
    typesOf: ['debug-adapter', 'simulator/inspect'],
    packages: ['vscode', 'vscode-languageclient', 'node:'],
    reason: 'the extension shows what the adapter says over the protocol, so that every editor could show the same',
  },
  {
    name: 'extension/views',
    paths: ['extension/views/'],
    rooms: ['language/vocabulary'],
    typesOf: ['debug-adapter', 'simulator/inspect'],
    packages: [],
    reason: 'what a view shows is a pure function of the state: the editor, a page and a test in Node run the same',
  },
  {
    name: 'extension/webview',
    paths: ['extension/webview/'],
    rooms: ['extension/views'],
    typesOf: ['extension'],
    packages: [],
    reason: 'a page runs in a browser frame, where neither vscode nor Node exists; messages are all it shares',
  },
  {
    name: 'cli',
    paths: ['cli/'],
    rooms: [
      ...['simulator', 'simulator/*', 'language', 'language/compile', 'language/vocabulary', 'debug-adapter'],
      'package.json',
    ],
    packages: ['commander', 'picocolors', 'node:'],
    reason: 'the command line runs without an editor; it is used by nothing and uses all but the extension',
  },
  {
    name: 'package.json',
    paths: ['package.json'],
    rooms: [],
    packages: [],
    reason: 'the manifest is data; its name and version are read by those who print them',
  },
  {
    name: 'bench',
    paths: ['bench/'],
    rooms: ['simulator', 'simulator/*', 'language', 'language/compile'],
    packages: ['node:'],
    reason: 'a benchmark measures the product as it is shipped, not through test helpers',
  },
  {
    name: 'tools',
    paths: ['tools/'],
    rooms: [],
    packages: ['*'],
    reason: 'a tool builds and checks the product from outside; it must work while the product does not compile',
  },
  {
    name: 'test',
    paths: ['test/'],
    rooms: [
      ...['simulator', 'simulator/*', 'language', 'language/compile', 'debug-adapter', 'extension/views', 'cli'],
      ...['language/vocabulary', 'bench', 'tools'],
    ],
    typesOf: ['extension'],
    packages: ['*'],
    reason: 'the extension runs only inside an editor, so its tests drive one; nothing imports a test',
  },
];

const clock = 'time comes in through events; a clock of the host would make two runs of one seed differ';
const later =
  'what a protocol waits for is a field of the world, so that a snapshot holds it; nothing may be pending outside';
const host = 'the simulator must run the same in Node, in a browser worker and in a test';
const locale = 'its result depends on the language settings of the host';
const rounding = 'the standard leaves its last digits to the engine; virtual time is integer arithmetic';

/** Names that no file below simulator/ may use, with the reason; a dotted name is a member of a global. */
export const forbiddenInSimulator: readonly ForbiddenName[] = [
  { name: 'Date', reason: clock },
  { name: 'performance', reason: clock },
  { name: 'Math.random', reason: 'randomness comes from the seed, through a stream of simulator/base per purpose' },
  { name: 'crypto', reason: 'randomness comes from the seed, through a stream of simulator/base per purpose' },
  ...['Promise', 'async', 'await', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'].map((name) => ({
    name,
    reason: later,
  })),
  ...['process', 'globalThis', 'console', 'require', 'Buffer', 'fetch', 'Worker', 'WeakRef'].map((name) => ({
    name,
    reason: host,
  })),
  ...['Intl', '.localeCompare', '.toLocaleString'].map((name) => ({ name, reason: locale })),
  ...['sin', 'cos', 'tan', 'exp', 'log', 'log2', 'log10', 'pow', 'cbrt', 'hypot', 'tanh'].map((name) => ({
    name: `Math.${name}`,
    reason: rounding,
  })),
];
