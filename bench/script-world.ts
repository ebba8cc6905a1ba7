/**
 * What is measured of memory and of moving tasks, as scripts: between two lines of output a Mach task does one thing many
 * times. The scripts are the ones that anybody could write; the events are those of a run at full speed.
 */
import { compileScript } from '../language/compile.ts';
import { performEvent } from '../simulator/engine/dispatch.ts';
import { createSimulation, type Simulation } from '../simulator/engine/simulation.ts';

const cluster = `
cluster lab {
  node master { pma pm_master credentials file_server "/" }
  node here { memory 256 MB }
  node there { memory 256 MB }
}
`;

/** So many pages of zeros are made. */
export const zeroFill = (pages: number): string => `${cluster}
task worker {
  let m = vm_allocate("m", ${pages * 4} KB)
  print("begin")
  dirty m[0 .. ${pages - 1}]
  print("end")
}
scenario "zero fill" on lab {
  let t = start worker() on here
  wait t
}
`;

/** So many pages are fetched from the node that the task came from. */
export const copyOnReference = (pages: number): string => `${cluster}
task worker {
  let m = vm_allocate("m", ${pages * 4} KB)
  dirty m[0 .. ${pages - 1}]
  sleep 1000 s
  print("begin")
  touch m[0 .. ${pages - 1}]
  print("end")
}
scenario "copy on reference" on lab {
  let t = start worker() on here
  at 500 s
  let m = migrate t to there by task
  wait t
}
`;

/** A task is moved so many times. */
export const migrations = (times: number): string => `${cluster}
task worker {
  let m = vm_allocate("m", 32 KB)
  dirty m[0 .. 7]
  sleep 100000 s
}
scenario "migrations" on lab {
  let t = start worker() on here
  sleep 1 s
  print("begin")
  for i in 1 .. ${times / 2} {
    let m = migrate t to there by task
    wait m
    let n = migrate t to here by task
    wait n
    expect m.outcome == "done" and n.outcome == "done"
  }
  print("end")
  terminate(t)
}
`;

/** A cluster with so many nodes, each with a PMA. */
export function largeCluster(nodes: number): string {
  const lines = Array.from({ length: nodes }, (_, i) => `  node n${i} { pma${i === 0 ? SERVERS : ''} }`);
  return `cluster lab {\n${lines.join('\n')}\n}\nscenario "nothing" on lab { sleep 1 ms }\n`;
}

const SERVERS = ' pm_master credentials file_server "/"';

/** The scenario of the script, booted. */
export function simulationOf(script: string): Simulation {
  const { image, diagnostics } = compileScript(script, 'bench.adw');
  if (image === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return createSimulation(image, { scenario: 0 });
}

/** Runs to the first line of output, and from there to the next; `between` is told of both moments. */
export function runBetween(script: string, between: (events: number) => void): void {
  const { world, trace } = simulationOf(script);
  for (let events = 0; performEvent(world, trace); events++) {
    for (const notice of world.notices) {
      if (notice.kind === 'fault') throw new Error(notice.text);
      if (notice.kind === 'expectation' && !notice.held) throw new Error(notice.text);
      if (notice.kind === 'output') between(events);
    }
  }
}
