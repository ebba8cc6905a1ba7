/**
 * initialize: how the client counts, and what this adapter can do. Only what is implemented is announced.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { optionalFlag, optionalText, type Arguments } from '../arguments.ts';
import { namedMoments } from '../breakpoints/names.ts';
import type { Context } from '../context.ts';
import { RequestError } from '../errors.ts';

const conditionDescription =
  'An expression, for example: pid == 7 and to == "dest", or: node == "dest" and port == "service"';

const capabilities: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsFunctionBreakpoints: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsBreakpointLocationsRequest: true,
  supportsExceptionFilterOptions: true,
  supportsExceptionInfoRequest: true,
  supportsEvaluateForHovers: true,
  supportsClipboardContext: true,
  supportsCompletionsRequest: true,
  completionTriggerCharacters: ['.', '(', ' '],
  supportsStepBack: true,
  supportsStepInTargetsRequest: true,
  supportsCancelRequest: true,
  supportsRestartRequest: true,
  supportsTerminateRequest: true,
  supportTerminateDebuggee: true,
  supportsDelayedStackTraceLoading: true,
  supportsLoadedSourcesRequest: true,
  exceptionBreakpointFilters: namedMoments
    .filter(({ offered }) => offered)
    .map((moment) => ({
      filter: moment.name,
      label: moment.label,
      description: moment.description,
      default: moment.default,
      supportsCondition: true,
      conditionDescription,
    })),
};

export function initialize(cx: Context, args: Arguments): object {
  const pathFormat = optionalText(args, 'pathFormat') ?? 'path';
  const linesStartAt1 = optionalFlag(args, 'linesStartAt1') ?? true;
  const columnsStartAt1 = optionalFlag(args, 'columnsStartAt1') ?? true;
  if (pathFormat !== 'path')
    throw new RequestError('badArgument', `'pathFormat' must be "path", not ${JSON.stringify(pathFormat)}.`);
  cx.client.firstLine = linesStartAt1 ? 1 : 0;
  cx.client.firstColumn = columnsStartAt1 ? 1 : 0;
  cx.client.reportsProgress = optionalFlag(args, 'supportsProgressReporting') ?? false;
  return capabilities;
}
