/**
 * Breaking the simulator on purpose, to see that the swarm notices: a step of a routine does something else for a while. And
 * what is run meanwhile: a small script whose output is compared.
 */
import { routineNamed } from '../../simulator/engine/setup.ts';
import { COMPARED } from './transparency/alone.ts';

export type Perform = (w: never, t: never, f: never) => void;

/** Does something while a step of a routine does something else; `perform` may call the original one. */
export function withStep<T>(routine: string, name: string, perform: (original: Perform) => Perform, act: () => T): T {
  const broken = routineNamed(routine)!.steps.find((each) => each.name === name)!;
  const { perform: original } = broken;
  Object.assign(broken, { perform: perform(original as Perform) });
  try {
    return act();
  } finally {
    Object.assign(broken, { perform: original });
  }
}

const cluster = (more: string): string => `cluster lab {
${more}  node master { pma pm_master credentials file_server "/" }
  node left { pma }
  node right { pma }
}`;

const job = (body: string): string => `program job0() {
  image text 8 KB data 8 KB bss 8 KB stack 8 KB
  let sum = 0
  mkdir("/job0")
${body}
  exit(sum)
}`;

/** `more` are lines of the cluster, and declarations. */
export const script = (body: string, actions: string, more = { cluster: '', declared: '' }): string => `// A script.
${COMPARED}

${cluster(more.cluster)}

${more.declared}
${job(body)}

scenario "s" on lab seed 1 {
  let p_0 = spawn job0() on left
${actions}
  wait p_0
}
`;
