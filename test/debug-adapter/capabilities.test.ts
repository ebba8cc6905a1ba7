/**
 * What the adapter says it can do is what it can do, and no more.
 */
import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { handlers } from '../../debug-adapter/handlers/table.ts';
import { eventGroups } from '../../simulator/base/kernel-events.ts';
import { Client } from './client.ts';

/** The request that each capability promises; null where it is about arguments of other requests. */
const promised: Readonly<Record<string, string | null>> = {
  supportsConfigurationDoneRequest: 'configurationDone',
  supportsFunctionBreakpoints: 'setFunctionBreakpoints',
  supportsConditionalBreakpoints: null,
  supportsHitConditionalBreakpoints: null,
  supportsLogPoints: null,
  supportsBreakpointLocationsRequest: 'breakpointLocations',
  supportsExceptionFilterOptions: 'setExceptionBreakpoints',
  supportsExceptionInfoRequest: 'exceptionInfo',
  supportsEvaluateForHovers: 'evaluate',
  supportsClipboardContext: 'evaluate',
  supportsCompletionsRequest: 'completions',
  completionTriggerCharacters: 'completions',
  supportsStepBack: 'stepBack',
  supportsStepInTargetsRequest: 'stepInTargets',
  supportsCancelRequest: 'cancel',
  supportsRestartRequest: 'restart',
  supportsTerminateRequest: 'terminate',
  supportTerminateDebuggee: 'disconnect',
  supportsDelayedStackTraceLoading: 'stackTrace',
  supportsLoadedSourcesRequest: 'loadedSources',
  exceptionBreakpointFilters: 'setExceptionBreakpoints',
};

describe('capabilities', () => {
  const client = new Client();
  after(() => client.stop());

  it('are those whose requests have a handler', async () => {
    await client.start();
    const capabilities = await client.get<DebugProtocol.Capabilities>('initialize', { adapterID: 'osf1ad' });
    assert.deepEqual(Object.keys(capabilities).sort(), Object.keys(promised).sort());
    for (const request of Object.values(promised)) assert.ok(request === null || request in handlers, request ?? '');
    assert.ok('reverseContinue' in handlers);
  });

  it('name the moments that one can stop at', async () => {
    const { exceptionBreakpointFilters = [] } = await client.get<DebugProtocol.Capabilities>('initialize', {
      adapterID: 'osf1ad',
    });
    assert.deepEqual(
      exceptionBreakpointFilters.map(({ filter }) => filter),
      [
        'freeze',
        'detach',
        'install',
        'attach',
        'restart',
        'cleanup',
        'refused',
        'expectation',
        'exit',
        'crash',
        'fault',
        ...eventGroups.map(({ name }) => name),
      ],
    );
    assert.deepEqual(
      exceptionBreakpointFilters.filter((filter) => filter.default).map(({ filter }) => filter),
      ['expectation'],
    );
  });
});
