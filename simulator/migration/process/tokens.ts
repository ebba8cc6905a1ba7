/**
 * Open files: the three-party hand-over of their tokens [mechanisms 7.5; osf1/file-server/hand-over.ts].
 *
 * A token says which PMA the file server asks about the users of an open file; its client right names the process's port
 * at that PMA. The files themselves stay where they are, and so do the rights to them in the task [P10].
 *
 *   source, in (b)        return the token, with the position and what was written; confirm that nothing is outstanding
 *   destination, in (c)   acquire it; fetch the state of the open file; register as its client
 *   source, if refused    acquire it again: the destination has not
 *
 * PMAs keep no right to a token beyond the migration: they take a copy of the task's for as long as they need it.
 */
import { NONE } from '../../base/table.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND, MAKE_SEND } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { finish, goTo, routine, step } from '../../mach/routine.ts';
import type { EmulatorState } from '../../osf1/emulator/state.ts';
import { bytesIn } from '../../osf1/emulator/tokens.ts';
import type { TokenRequest } from '../../osf1/file-server/hand-over.ts';
import { pmaOf } from '../../osf1/pma/pma.ts';
import type { Yielded } from '../../osf1/pma/tokens.ts';
import type { MigrationWorld } from '../record.ts';

/** Names, in the task's space, of the tokens of its open files, once each. */
export function tokensOf(emulator: EmulatorState | null): number[] {
  const tokens = (emulator?.files ?? []).flatMap((file) => (file === null ? [] : [file.token]));
  return [...new Set(tokens)];
}

export interface ReturnTokens {
  readonly task: number;
  readonly files: readonly number[];
  /** What the emulator holds of them. */
  readonly held?: readonly Yielded[];
  done: number;
  /** Names in this PMA's space. */
  readonly tokens: number[];
}

/** Finishes with the names, in this PMA's space, of the rights to the tokens. */
export const returnTokens = routine<MigrationWorld, ReturnTokens>('migration.return_tokens', 'gives tokens back', [
  step('take a right to the next token', (w, t, f) => {
    const name = f.files[f.done];
    if (name === undefined) return finish(t, f.tokens);
    kernelCall(w, t, f.task, 'mach_port_extract_right', { body: { name, disposition: COPY_SEND } });
  }),
  step('return it', (w, t, f) => {
    const name = f.files[f.done++];
    if (t.code !== 'KERN_SUCCESS') return goTo(w, t, 'take a right to the next token');
    f.tokens.push(t.names[0]!);
    const returned = f.held?.find(({ token }) => token === name)?.returned;
    const body: TokenRequest = { node: t.node, ...(returned === undefined ? {} : { returned }) };
    const bytes = bytesIn(returned?.pieces ?? []);
    rpc(w, t, t.names[0]!, 'token.return', bytes > 0 ? { body, bytes } : { body });
  }),
  step('confirm that nothing is outstanding', (w, t, f) => {
    rpc(w, t, f.tokens[f.tokens.length - 1]!, 'token.confirm', { body: { node: t.node } satisfies TokenRequest });
  }),
  step('go on', (w, t) => goTo(w, t, 'take a right to the next token')),
]);

export interface AcquireTokens extends ReturnTokens {
  /** Name of the process's new port, whose rights the file servers get. */
  readonly client: number;
  /** Names to give up when a file is done. */
  surplus: number[];
}

export const acquireTokens = routine<MigrationWorld, AcquireTokens>('migration.acquire_tokens', 'takes tokens over', [
  step('take a right to the next token', (w, t, f) => {
    const name = f.files[f.done++];
    if (name === undefined) return finish(t);
    kernelCall(w, t, f.task, 'mach_port_extract_right', { body: { name, disposition: COPY_SEND } });
  }),
  step('acquire it', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return goTo(w, t, 'take a right to the next token');
    f.tokens.push(t.names[0]!);
    rpc(w, t, t.names[0]!, 'token.acquire', { body: { node: t.node } satisfies TokenRequest });
  }),
  step('fetch the state of the open file', (w, t, f) => {
    f.surplus = [...t.names];
    rpc(w, t, f.tokens[f.tokens.length - 1]!, 'token.state', { body: { node: t.node } satisfies TokenRequest });
  }),
  step('register as its client', (w, t, f) => {
    const token = f.tokens.pop()!;
    f.surplus.push(...t.names, token);
    const rights = [{ name: f.client, disposition: MAKE_SEND }];
    rpc(w, t, token, 'token.register', { body: { node: t.node } satisfies TokenRequest, rights });
  }),
  step('give up the rights', (w, t, f) => {
    const name = f.surplus.pop();
    if (name === undefined) return goTo(w, t, 'take a right to the next token');
    kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
  step('all of them', (w, t) => goTo(w, t, 'give up the rights')),
]);

/** After a refusal: the tokens that were returned are taken back. */
export const regainTokens = routine<MigrationWorld, { readonly tokens: number[] }>(
  'migration.regain_tokens',
  'takes returned tokens back',
  [
    step('acquire the next one', (w, t, f) => {
      const token = f.tokens[0];
      if (token === undefined) return finish(t);
      rpc(w, t, token, 'token.acquire', { body: { node: t.node } satisfies TokenRequest });
    }),
    step('give up the right that came', (w, t) => {
      const name = t.names[0] ?? NONE;
      if (name !== NONE) kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name } });
    }),
    step('give up the right to it', (w, t, f) => {
      kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name: f.tokens.shift()! } });
    }),
    step('go on', (w, t) => goTo(w, t, 'acquire the next one')),
  ],
);
