/**
 * Drawn Mach tasks: servers that answer for ever, and clients that call them, hand ports and memory over, and end.
 *
 * Whatever comes with a request is used: a port is sent to, joined to the set or given up; memory is mapped and written, or
 * sent itself and read.
 * So rights go everywhere, receive rights included, and pages are shared between nodes. A server answers every request, so
 * a client that is not answered has been forgotten; and at the end the servers are ended, so nobody may be left.
 */
import type { Chance } from './chance.ts';

export interface DrawnTasks {
  readonly text: string;
  readonly servers: readonly string[];
  readonly clients: readonly string[];
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

/** What a server does with a request, beside answering it. */
const deeds: readonly ((draw: Chance, name: string) => string[])[] = [
  ({ within }) => [`compute ${within(1, 30)} ms`],
  // Thanks wait until there is room in the queue of a client, which waits for its answer: so a thread of their own waits.
  () => ['if m.rights > 0 {', '  thread {', '    send(m.port, "thanks", m.body)', '  }', '}'],
  () => ['if m.operation == "own" {', '  join(m.port, set)', '}'],
  () => ['if m.operation == "map" {', '  let r = vm_map("shared", 8 KB, m.port)', '  dirty r[0 .. 1]', '}'],
  () => [
    'if m.operation == "map" {',
    '  let s = vm_map("read", 8 KB, m.port)',
    '  touch s[0]',
    '  vm_deallocate(s)',
    '}',
  ],
  () => [
    'if m.operation == "memory" {',
    '  let b = m.memory',
    '  touch b[1]',
    '  dirty b[0]',
    '  vm_deallocate(b)',
    '}',
  ],
  () => ['if m.operation == "give" {', '  deallocate(m.port)', '}'],
  ({ within }) => [`dirty heap[0 .. ${within(0, 3)}]`],
  ({ within }) => [`touch heap[${within(0, 3)}]`],
  ({ percent }, name) => (percent(50) ? [`queue_limit(service, 1)`] : [`print("${name} ", m.operation)`]),
];

const answer = ['if m.operation == "fetch" {', '  reply(m, m.body, copy heap)', '} else {', '  reply(m, m.body)', '}'];

function drawServer(draw: Chance, name: string): string {
  const body = draw.many(draw.within(1, 4), () => draw.one(deeds)(draw, name)).flat();
  const loop = ['while true {', ...indented(['let m = receive(set)', ...body, ...answer]), '}'];
  const threads = draw.percent(40) ? ['thread {', ...indented(loop), '}'] : [];
  return [
    `task ${name} {`,
    ...indented([
      'let heap = vm_allocate("heap", 16 KB)',
      'let service = port',
      'let other = port',
      'let set = port set { service, other }',
      `publish service as "${name}"`,
      ...threads,
      ...loop,
    ]),
    '}',
  ].join('\n');
}

/** What a client does, again and again. */
const calls: readonly ((draw: Chance) => string[])[] = [
  () => ['rpc(to, "call", i)'],
  ({ within }) => [`rpc(to, "call", i, ${within(1, 9)} KB)`],
  () => ['send(to, "note", i)'],
  () => ['send(to, "give", i, make send mine)'],
  () => ['rpc(to, "give", i, make send mine)'],
  () => ['send(to, "once", i, make send once mine)'],
  () => ['let p = port', 'rpc(to, "own", i, move receive p)'],
  () => ['let q = port', 'make_send(q)', 'send(to, "both", i, copy q, copy to, copy to)', 'send(q, "early", i)'],
  () => ['rpc(to, "map", i, share heap)'],
  ({ one }) => [`${one(['send', 'rpc'])}(to, "memory", i, copy heap, make send mine)`],
  ({ one }) => [
    ...['let d = vm_allocate("d", 8 KB)', 'dirty d[0 .. 1]'],
    ...[`${one(['send', 'rpc'])}(to, "memory", i, move d)`, 'vm_deallocate(d)'],
  ],
  () => [
    ...['let d = rpc(to, "fetch", i)', 'if code() == "KERN_SUCCESS" {', '  let fetched = d.memory'],
    ...['  touch fetched[1 .. 3]', '  dirty fetched[0]', '  vm_deallocate(fetched)', '}'],
  ],
  ({ within }) => [`dirty heap[0 .. ${within(0, 1)}]`],
  ({ within }) => [`touch heap[${within(0, 1)}]`],
  ({ within }) => [`compute ${within(1, 60)} ms`],
  ({ within }) => [`sleep ${within(1, 60)} ms`],
  () => ['request notification dead_name on to to mine'],
  () => ['request notification no_senders on mine to mine'],
  () => ['thread {', '  send(to, "aside", i)', '}'],
  () => ['start leaf(heap)'],
  () => ['let d = port', 'destroy(d)', 'send(to, "dead", i, make send mine)'],
];

function drawClient(draw: Chance, name: string, servers: readonly string[]): string {
  const body = draw.many(draw.within(1, 5), () => draw.one(calls)(draw)).flat();
  return [
    `task ${name} {`,
    ...indented([
      `let heap = vm_allocate("heap", 8 KB, "${draw.one(['copy', 'share'])}")`,
      'let mine = port',
      `let to = lookup "${draw.one(servers)}"`,
      `for i in 1 .. ${draw.within(1, 3)} {`,
      ...indented(uniqueNames(body)),
      '}',
    ]),
    '}',
  ].join('\n');
}

/** A name that is declared a second time in a block gets a number. */
function uniqueNames(lines: readonly string[]): string[] {
  let number = 0;
  const now = new Map<string, string>();
  return lines.map((line) => {
    const declared = /^let (\w+) =/.exec(line)?.[1];
    if (declared !== undefined) now.set(declared, `${declared}${number++}`);
    return line.replaceAll(/\b[pqd]\b/g, (name) => now.get(name) ?? name);
  });
}

const leaf = ['task leaf(heap: memory) {', '  dirty heap[0]', '  compute 5 ms', '  touch heap[1]', '}'].join('\n');

export function drawTasks(draw: Chance): DrawnTasks {
  const servers = draw.many(draw.within(1, 2), (i) => `server${i}`);
  const clients = draw.many(draw.within(1, 2), (i) => `client${i}`);
  const tasks = [
    ...servers.map((name) => drawServer(draw, name)),
    ...clients.map((name) => drawClient(draw, name, servers)),
  ];
  return { text: [leaf, ...tasks].join('\n\n'), servers, clients };
}

/** How a task is moved, as `migrate` takes it after `by task`. */
export function drawHow(draw: Chance, nodes: readonly string[]): string {
  const agent = draw.percent(30) ? ` agent on ${draw.one(nodes)}` : '';
  return drawWay(draw, draw.one(['', ' using sms', ' using oms', ' using user_level', ' using in_kernel'])) + agent;
}

/** After `by process` less is to be said: the PMA of the new node moves the task itself, or has the server of its node do it. */
export function drawProcessHow(draw: Chance): string {
  return draw.percent(60) ? '' : drawWay(draw, draw.one(['', ' using sms', ' using oms']));
}

/** A server, and how it moves the memory. */
function drawWay(draw: Chance, using: string): string {
  if (using === ' using sms' || using === ' using in_kernel' || draw.percent(30)) return using;
  const strategy = draw.one(['copy_on_reference', 'eager', 'flush', 'pre_copy']);
  if (strategy !== 'pre_copy') return `${using} with ${strategy}`;
  const rounds = draw.percent(50) ? ` rounds ${draw.within(1, 5)}` : '';
  const threshold = draw.percent(50) ? ` threshold ${draw.within(0, 3)}` : '';
  return `${using} with pre_copy${rounds}${threshold}`;
}
