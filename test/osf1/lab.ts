// The paper's three machines (figure 6), and scripts run on them with every checker after every event.
import assert from 'node:assert/strict';
import { compileScript } from '../../language/compile.ts';
import type { Notice } from '../../simulator/base/notice.ts';
import type { World } from '../../simulator/engine/world.ts';
import { createSimulation, step, type Simulation } from '../../simulator/engine/simulation.ts';

export const DISTRIBUTED = `
cluster lab {
  machine i386_25
  network ethernet_10
  node master { pma pm_master credentials file_server "/" }
  node source { pma }
  node dest { pma }
  node bare { }
}
`;

/** The same machines with a PM Master beside each PMA (section 4). */
export const LOCAL_MASTERS = DISTRIBUTED.replace('{', '{\n  process_management local_masters');

/** The same machines with one PMA for all of them (figure 3). */
export const CENTRALISED = `
cluster lab {
  process_management centralised
  node master { pma pm_master credentials file_server "/" }
  node source { }
  node dest { }
  node bare { }
}
`;

const clusters = { centralised: CENTRALISED, distributed: DISTRIBUTED, local_masters: LOCAL_MASTERS } as const;
export type Management = keyof typeof clusters;

/** What a story runs on that does not say. */
let usual = DISTRIBUTED;

/** The same stories, told under each of these configurations of process management. */
export function underEach(managements: readonly Management[], stories: (management: Management) => void): void {
  for (const management of managements) {
    describe(`with ${management} process management`, () => {
      before(() => (usual = clusters[management]));
      after(() => (usual = DISTRIBUTED));
      stories(management);
    });
  }
}

/** The smallest image there is: one page for each region. */
export const NULL_IMAGE = 'image text 4 KB data 4 KB bss 4 KB stack 4 KB';

const MOST_EVENTS = 200_000;

export interface Run {
  readonly sim: Simulation;
  readonly notices: readonly { readonly time: number; readonly notice: Notice }[];
}

export function start(script: string, cluster = usual): Simulation {
  const { image, diagnostics } = compileScript(cluster + script, 'test.adw');
  assert.ok(image !== null, diagnostics.map((each) => each.message).join('\n'));
  return createSimulation(image, { scenario: 0, checked: true });
}

/** Runs the first scenario to its end; every expectation in it must hold. */
export function run(script: string, cluster = usual): Run {
  const sim = start(script, cluster);
  const notices: { time: number; notice: Notice }[] = [];
  let events = 0;
  while (step(sim)) {
    assert.ok(++events < MOST_EVENTS, 'the run does not end');
    for (const notice of sim.notices) notices.push({ time: sim.world.time, notice });
  }
  for (const { held, text, actual, line } of sim.world.expectations) {
    assert.ok(held, `line ${line}: expected ${text}, but ${actual}`);
  }
  return { sim, notices };
}

/** What the run printed, line by line. */
export const printed = ({ sim }: Run): string[] => sim.world.output.map(({ text }) => text);

/** Virtual time (ns) at which this text was printed first. */
export function timeOf({ sim }: Run, text: string): number {
  const line = sim.world.output.find((each) => each.text === text);
  assert.ok(line !== undefined, `"${text}" was not printed`);
  return line.time;
}

/** Runs until the text is printed, and stops there. */
export function runUntilPrinted(sim: Simulation, text: string): void {
  while (!sim.world.output.some((line) => line.text === text)) assert.ok(step(sim), `"${text}" is never printed`);
}

/** Pid of a process by the order in which they were made; init is the first, number 0. */
export const made = (w: World, number: number): number => w.masterEntries.rows[number]!.pid;
