/**
 * From launch arguments to a run that has not begun.
 *
 * Everything that can be wrong is found here, before anything is changed: arguments of the wrong type, a file that
 * cannot be read, a script with errors, a scenario that does not exist. The errors name the place and are meant to be
 * put in front of the user.
 */
import { compileScript } from '../language/compile.ts';
import type { Diagnostic } from '../language/diagnostics.ts';
import { suggestion } from '../language/nearest.ts';
import { createSimulation } from '../simulator/engine/simulation.ts';
import type { Image } from '../simulator/workload/program.ts';
import { optionalFlag, optionalText, optionalWholeNumber, text, type Arguments } from './arguments.ts';
import type { Script } from './breakpoints/breakpoints.ts';
import type { Host } from './context.ts';
import { RequestError, messageOf } from './errors.ts';
import { placesOf } from './positions.ts';
import { createRun, type LaunchOptions, type Run } from './run.ts';

const diagnosticsShown = 5;

export function readLaunchOptions(args: Arguments): LaunchOptions {
  const flag = (name: string): boolean => optionalFlag(args, name) ?? false;
  const noDebug = flag('noDebug');
  return {
    program: text(args, 'program'),
    scenario: optionalText(args, 'scenario') ?? null,
    seed: optionalWholeNumber(args, 'seed') ?? null,
    noDebug,
    stopOnEntry: flag('stopOnEntry') && !noDebug,
    stopOnExit: flag('stopOnExit') && !noDebug,
    checked: flag('checked'),
    showServers: flag('showServers'),
  };
}

export async function loadRun(host: Host, options: LaunchOptions): Promise<Run> {
  const { checked, seed } = options;
  const program = host.resolve?.(options.program) ?? options.program;
  const { image, slotTypes } = compile(program, await read(host, program));
  const scenario = scenarioIndex(image, program, options.scenario);
  const sim = createSimulation(image, {
    scenario,
    checked,
    watched: !options.noDebug,
    ...(seed === null ? {} : { seed }),
  });
  return createRun(sim, { path: program, image, slotTypes, places: placesOf(image) }, options);
}

async function read(host: Host, path: string): Promise<string> {
  try {
    return await host.readText(path);
  } catch (error) {
    throw new RequestError('unreadableProgram', `The program ${path} cannot be read: ${messageOf(error)}`, true);
  }
}

function compile(path: string, source: string): Pick<Script, 'image' | 'slotTypes'> {
  const { image, slotTypes, diagnostics } = compileScript(source, path);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (image !== null && slotTypes !== null) return { image, slotTypes };
  const shown = errors.slice(0, diagnosticsShown).map((error) => inWords(path, error));
  const more = errors.length > shown.length ? [`and ${errors.length - shown.length} more`] : [];
  throw new RequestError('wrongProgram', [...shown, ...more].join('\n'), true);
}

function inWords(path: string, { span, message }: Diagnostic): string {
  return `${path}:${span.line}:${span.column}: ${message}`;
}

function scenarioIndex(image: Image, program: string, scenario: string | null): number {
  const names = image.scenarios.map(({ name }) => name);
  if (names.length === 0)
    throw new RequestError(
      'unknownScenario',
      `${program}:1:1: The script has no scenario, so there is nothing to run.`,
      true,
    );
  if (scenario === null) return 0;
  const index = names.indexOf(scenario);
  if (index >= 0) return index;
  const known = names.map((name) => `"${name}"`).join(', ');
  throw new RequestError(
    'unknownScenario',
    `${program} has no scenario "${scenario}". ${suggestion(scenario, names).text || `Its scenarios are ${known}.`}`,
    true,
  );
}
