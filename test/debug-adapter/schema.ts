/**
 * The Debug Adapter Protocol's own schema as a judge of messages.
 *
 * The schema is written in draft 4 and names each message by what it is: StoppedEvent, StackTraceResponse. A response
 * that failed is an ErrorResponse. Custom messages (osf1ad/...) are held against the base of their kind.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import type { DebugProtocol } from '@vscode/debugprotocol';

interface Schema {
  $schema?: string;
  readonly definitions: Readonly<Record<string, object>>;
}

const { $schema: _draft, ...schema } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'debugAdapterProtocol.json'), 'utf8'),
) as Schema;
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema({ ...schema, $id: 'dap' });

const validators = new Map<string, ValidateFunction>();

/** What the schema has against a message. */
export function invalidities(message: DebugProtocol.Response | DebugProtocol.Event): readonly string[] {
  const name = definitionOf(message);
  const validate = validators.get(name) ?? ajv.compile({ $ref: `dap#/definitions/${name}` });
  validators.set(name, validate);
  if (validate(message)) return [];
  return (validate.errors ?? []).map(({ instancePath, message: why }) => `${name}${instancePath} ${why}`);
}

function definitionOf(message: DebugProtocol.Response | DebugProtocol.Event): string {
  if (message.type === 'event') return known(`${capital((message as DebugProtocol.Event).event)}Event`) ?? 'Event';
  const { success, command } = message as DebugProtocol.Response;
  return success ? (known(`${capital(command)}Response`) ?? 'Response') : 'ErrorResponse';
}

function known(name: string): string | undefined {
  return name in schema.definitions ? name : undefined;
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
