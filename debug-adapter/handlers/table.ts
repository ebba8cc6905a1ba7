/**
 * The table of requests: which handler answers which. Whatever is not here is answered with an error, and a capability
 * is announced (initialize.ts) only if its request is here.
 *
 * A handler gets the session and the arguments as they came, checks them, and returns the body of the response. It
 * throws a RequestError if it cannot do what was asked.
 */
import type { Arguments } from '../arguments.ts';
import type { Context } from '../context.ts';
import { breakpointLocations } from './breakpoint-locations.ts';
import { cancel } from './cancel.ts';
import { completions } from './completions.ts';
import { configurationDone } from './configuration-done.ts';
import { continueRun } from './continue.ts';
import { disconnect } from './disconnect.ts';
import { evaluateRequest } from './evaluate.ts';
import { exceptionInfo } from './exception-info.ts';
import { frame } from './frame.ts';
import { initialize } from './initialize.ts';
import { launch } from './launch.ts';
import { loadedSources } from './loaded-sources.ts';
import { memory } from './memory.ts';
import { next } from './next.ts';
import { pause } from './pause.ts';
import { port } from './port.ts';
import { report } from './report.ts';
import { restart } from './restart.ts';
import { reverseContinue } from './reverse-continue.ts';
import { scopes } from './scopes.ts';
import { setBreakpoints } from './set-breakpoints.ts';
import { setExceptionBreakpoints } from './set-exception-breakpoints.ts';
import { setFunctionBreakpoints } from './set-function-breakpoints.ts';
import { source } from './source.ts';
import { stackTrace } from './stack-trace.ts';
import { state } from './state.ts';
import { stepBack } from './step-back.ts';
import { stepInTargetsRequest } from './step-in-targets.ts';
import { stepIn } from './step-in.ts';
import { stepOut } from './step-out.ts';
import { terminate } from './terminate.ts';
import { threads } from './threads.ts';
import { variables } from './variables.ts';

export type Handler = (cx: Context, args: Arguments) => unknown;

export const handlers: Readonly<Record<string, Handler>> = {
  initialize,
  launch,
  configurationDone,
  restart,
  terminate,
  disconnect,

  setBreakpoints,
  setFunctionBreakpoints,
  setExceptionBreakpoints,
  breakpointLocations,

  continue: continueRun,
  next,
  stepIn,
  stepInTargets: stepInTargetsRequest,
  stepOut,
  stepBack,
  reverseContinue,
  pause,
  cancel,

  threads,
  stackTrace,
  scopes,
  variables,
  source,
  loadedSources,
  exceptionInfo,
  evaluate: evaluateRequest,
  completions,

  'osf1ad/state': state,
  'osf1ad/report': report,
  'osf1ad/frame': frame,
  'osf1ad/port': port,
  'osf1ad/memory': memory,
};
