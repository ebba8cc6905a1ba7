/**
 * The local state of a process, as a PMA keeps it: signals by their names, times in their units, and every request in words.
 * What stands in the state and has no words of its own here is shown as it is.
 */
import { signalName, signalNames } from '../../language/vocabulary/signal-names.ts';
import { showTime } from '../../language/vocabulary/units.ts';
import type { CallState, ProcState, RequestState, SignalState } from '../../simulator/inspect/state-processes.ts';
import { presentValue, withMembers } from './value.ts';
import { group, type Shown } from './shown.ts';

export function presentProc(proc: ProcState, expression: string): Shown {
  const { node, list, state, calls, pending } = proc;
  const value = `${list}, ${state}, ${calls.length} in progress, ${pending.length} pending`;
  return { name: `at ${node}`, value, expression, children: () => membersOf(proc, expression) };
}

function membersOf(proc: ProcState, base: string): readonly Shown[] {
  const { signals, usage, calls, pending } = proc;
  const special: Readonly<Record<string, (expression: string) => Shown>> = {
    signals: (of) => presentSignals(signals, of),
    usage: (of) => group('usage', times({ ...usage }, of), of),
    created: (of) => timeRow('created', proc.created, of),
    lastMigrated: (of) => timeRow('lastMigrated', proc.lastMigrated, of),
    calls: (of) =>
      group(
        'calls',
        calls.map((call, index) => presentCall(call, `${of}[${index}]`)),
        of,
      ),
    pending: (of) =>
      group(
        'pending',
        pending.map((request, index) => presentRequest(request, `${of}[${index}]`)),
        of,
      ),
  };
  return Object.entries(proc).map(([name, member]) => {
    const of = `${base}.${name}`;
    return special[name]?.(of) ?? presentValue(name, member, of);
  });
}

/** What may come to it, and what it does with that. */
function presentSignals({ timer, delivered, threads, masks, ...sets }: SignalState, base: string): Shown {
  const set = (name: string, signals: readonly number[], expression: string): Shown => ({
    ...presentValue(name, signals, expression),
    value: signalNames(signals) || 'none',
  });
  const rows = Object.entries(sets).map(([name, signals]) => set(name, signals, `${base}.${name}`));
  const { pending } = sets;
  return {
    name: 'signals',
    value: pending.length === 0 ? 'none pending' : `pending: ${signalNames(pending)}`,
    expression: base,
    children: () => [
      ...rows,
      group(
        'threads',
        threads.map(({ thread, blocked }, index) =>
          set(`thread ${thread} blocks`, blocked, `${base}.threads[${index}].blocked`),
        ),
        `${base}.threads`,
      ),
      group(
        'masks',
        masks.map(({ signal, blocked }, index) =>
          set(`${signalName(signal)} blocks`, blocked, `${base}.masks[${index}].blocked`),
        ),
        `${base}.masks`,
      ),
      presentValue('delivered', delivered, `${base}.delivered`),
      timer === null
        ? presentValue('timer', null, `${base}.timer`)
        : group('timer', times({ ...timer }, `${base}.timer`), `${base}.timer`),
    ],
  };
}

const times = (members: Readonly<Record<string, number>>, base: string): readonly Shown[] =>
  Object.entries(members).map(([name, time]) => timeRow(name, time, `${base}.${name}`));

function timeRow(name: string, time: number | null, expression: string): Shown {
  return { name, value: time === null ? 'null' : showTime(time), type: 'time', expression };
}

function presentCall(call: CallState, expression: string): Shown {
  const { request, cancelled, modifiesState } = call;
  const may = cancelled ? ', cancelled' : modifiesState ? '' : ', may be cancelled and made again';
  return withMembers({ name: request.operation, value: `${requestInWords(request)}${may}`, expression }, call);
}

function presentRequest(request: RequestState, expression: string): Shown {
  return withMembers({ name: request.operation, value: requestInWords(request), expression }, request);
}

function requestInWords({ body, from, fromNode }: RequestState): string {
  const who = from === '' ? 'from nobody who waits' : `from ${from} on ${fromNode}`;
  return body === '' ? who : `${body}, ${who}`;
}
