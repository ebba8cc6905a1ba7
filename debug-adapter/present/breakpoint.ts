/**
 * Breakpoints as a response or an event tells them: where they really are, or why they cannot hit.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { LineBreakpoint, NameBreakpoint } from '../breakpoints/breakpoints.ts';
import type { Client } from '../context.ts';

export function presentLineBreakpoint(
  client: Client,
  { id, places, message, request }: LineBreakpoint,
): DebugProtocol.Breakpoint {
  const place = places[0];
  if (place === undefined)
    return { id, verified: false, line: request.line - 1 + client.firstLine, message: message ?? '', ...pending };
  const { line, column, endLine, endColumn } = place.span;
  return {
    id,
    verified: true,
    line: line - 1 + client.firstLine,
    column: column - 1 + client.firstColumn,
    endLine: endLine - 1 + client.firstLine,
    endColumn: endColumn - 1 + client.firstColumn,
  };
}

export function presentNameBreakpoint({ id, message }: NameBreakpoint): DebugProtocol.Breakpoint {
  return message === null ? { id, verified: true } : { id, verified: false, message, ...pending };
}

/** What was wrong stays wrong until somebody changes the breakpoint or the script. */
const pending = { reason: 'failed' } as const;
