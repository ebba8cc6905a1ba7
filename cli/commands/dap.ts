/** `osf1ad dap`: the debug adapter over standard input and output, for every editor that speaks the protocol. */
import { once } from 'node:events';
import type { Command } from 'commander';
import type { ExitName } from '../exit.ts';
import type { Io } from '../io.ts';

const examples = `
An editor starts this command and speaks the Debug Adapter Protocol over its standard input and output.
docs/debug-adapter.md describes the launch arguments; README.md has a configuration for Neovim.
`;

export function addDap(program: Command, io: Io, exit: (name: ExitName) => void): void {
  program
    .command('dap')
    .description('serve an editor: debug adapter over standard input and output')
    .option('--stdio', 'accepted, because some editors pass it; there is no other way')
    .addHelpText('after', examples)
    .action(async () => {
      const { startAdapter } = await import('../../debug-adapter/main.ts');
      const gone = startAdapter(io.stdin, io.stdout).then(() => 'ok' as const);
      const interrupted = once(io.interrupt, 'abort').then(() => 'interrupted' as const);
      exit(await Promise.race([gone, interrupted]));
      io.stdin.destroy();
    });
}
