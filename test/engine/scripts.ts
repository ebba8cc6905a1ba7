/**
 * Random workload scripts, as fast-check draws them: a cluster of three or four nodes, programs that compute, touch
 * memory, use files, fork, wait and signal, and a scenario that spawns them, moves them about and may crash a node.
 *
 * Every script compiles, and every run of one ends; what else happens is for the checkers to judge.
 */
import fc from 'fast-check';
import { compileScript } from '../../language/compile.ts';
import type { Image } from '../../simulator/workload/program.ts';

const cluster = `
cluster lab {
  machine i386_25
  network ethernet_10
  node master { pma  pm_master  file_server "/"  credentials }
  node left   { pma }
  node right  { pma }
  node bare   { }
}
file "/data" on master size 24 KB
`;

const statement = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 600 }).map((n) => `compute ${n} ms`) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 5 }).map((n) => `touch data[0 .. ${n}]`) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 3 }).map((n) => `dirty bss[0 .. ${n}]`) },
  { weight: 2, arbitrary: fc.constant('read(input, 2 KB)') },
  { weight: 1, arbitrary: fc.constant('let me = getpid()\n  kill(me, SIGCONT)') },
  { weight: 1, arbitrary: fc.constant('wait(fork { compute 20 ms  exit(3) })') },
);

const program = fc.array(statement, { minLength: 3, maxLength: 9 }).map((body) => {
  return `program job() {
  image text 32 KB data 24 KB bss 16 KB stack 8 KB
  let input = open("/data", read)
  ${body.map((each, i) => each.replaceAll('me', `me${i}`)).join('\n  ')}
  close(input)
  exit(0)
}
`;
});

const home = fc.constantFrom('master', 'left', 'right');
const anywhere = fc.constantFrom('master by process', 'left by process', 'right by process', 'bare by task');

const action = fc.record({ at: fc.integer({ min: 10, max: 500 }), what: fc.integer({ min: 0, max: 4 }), to: anywhere });

const scenario = fc
  .record({
    homes: fc.array(home, { minLength: 1, maxLength: 2 }),
    actions: fc.array(action, { minLength: 1, maxLength: 3 }),
    seed: fc.integer({ min: 1, max: 1000 }),
  })
  .map(({ homes, actions, seed }) => {
    const spawns = homes.map((node, i) => `  let p${i} = spawn job() on ${node}`);
    const steps = actions.map(({ what, to, at }, i) => {
      const victim = `p${i % homes.length}`;
      return `  sleep ${at} ms\n  ${what === 4 ? `kill(${victim}, SIGTERM)` : `migrate ${victim} to ${to}`}`;
    });
    const waits = homes.map((_, i) => `  wait p${i}`);
    return `scenario "random" on lab seed ${seed} {\n${[...spawns, ...steps, ...waits].join('\n')}\n}\n`;
  });

/** The text of a script. */
export const script = fc.tuple(program, scenario).map((parts) => cluster + parts.join('\n'));

/** Compiles a script that must compile. */
export function imageOf(text: string, path = 'random.adw'): Image {
  const { image, diagnostics } = compileScript(text, path);
  if (image === null) throw new Error(`${diagnostics.map((each) => each.message).join('\n')}\n${text}`);
  return image;
}
