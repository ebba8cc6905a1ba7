/**
 * Stack frames. The causal stack goes on where a message crosses to another thread, so one stack may lead from a script
 * through the emulator and a process management agent to another node. Between the frames of two threads stands a
 * label that names the node and the task of the frames below it:
 *
 *   pma.migrate @ dest          waits for the PM Master
 *   - on source: cc1 -
 *   emulator.pcntl              waits for the answer
 *   cc1                         line 31
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { StackFrame } from '../../simulator/inspect/stack.ts';
import type { Client } from '../context.ts';
import { frameHandle } from '../handles.ts';
import { moverStack } from '../mover.ts';
import { instructionAt } from '../positions.ts';
import type { Run } from '../run.ts';
import { sourceOfRoutine, sourceOfScript } from './source.ts';

type DapFrame = DebugProtocol.StackFrame;

export interface FrameSurroundings {
  readonly run: Run;
  readonly client: Client;
  readonly routines: string[];
  /** Stable identity of the thread whose stack it is. */
  readonly root: number;
}

/** The whole stack, innermost frame first, labels included. */
export function presentStack(around: FrameSurroundings, frames: readonly StackFrame[]): readonly (() => DapFrame)[] {
  return frames.flatMap((frame, index) => {
    const outer = frames[index + 1];
    const present = (): DapFrame => presentFrame(around, frame);
    return frame.hop && outer !== undefined
      ? [present, () => label(around, `on ${outer.node}: ${outer.task}`, outer)]
      : [present];
  });
}

/** Below the stack of a frozen process: a label, and what its mover does. */
export function presentMover(around: FrameSurroundings, mover: number | null): readonly (() => DapFrame)[] {
  const frames = moverStack(around.run, mover);
  const outermost = frames.at(-1);
  if (outermost === undefined) return [];
  return [() => label(around, `frozen, moved by ${outermost.task}`, outermost), ...presentStack(around, frames)];
}

function presentFrame(around: FrameSurroundings, frame: StackFrame): DapFrame {
  const { run, client, routines, root } = around;
  const id = frameHandle(run.handles, { root, frame });
  const { place } = frame;
  if (place.kind === 'routine') {
    const doing = frame.doing === '' ? '' : `: ${frame.doing}`;
    const source = sourceOfRoutine(routines, place.routine, run.stop?.intoSystem ?? false);
    return {
      id,
      name: `${frame.name}${doing} @ ${frame.node}`,
      source,
      line: place.step + client.firstLine,
      column: client.firstColumn,
      presentationHint: 'subtle',
    };
  }
  const span = instructionAt(run.script.image, place, place.pc)?.span;
  const source = sourceOfScript(run);
  if (span === undefined) return { id, name: frame.name, source, line: 0, column: 0 };
  return {
    id,
    name: frame.name,
    source,
    line: span.line - 1 + client.firstLine,
    column: span.column - 1 + client.firstColumn,
    endLine: span.endLine - 1 + client.firstLine,
    endColumn: span.endColumn - 1 + client.firstColumn,
  };
}

function label({ run, root }: FrameSurroundings, text: string, frame: StackFrame): DapFrame {
  const id = frameHandle(run.handles, { root, frame });
  return { id, name: `— ${text} —`, line: 0, column: 0, presentationHint: 'label' };
}
