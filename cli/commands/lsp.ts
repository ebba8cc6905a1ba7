/** `osf1ad lsp`: the language server over standard input and output, for every editor that speaks the protocol. */
import { once } from 'node:events';
import type { Command } from 'commander';
import type { ExitName } from '../exit.ts';
import type { Io } from '../io.ts';

const examples = `
An editor starts this command and speaks the Language Server Protocol over its standard input and output.
README.md has a configuration for Neovim.
`;

export function addLsp(program: Command, io: Io, exit: (name: ExitName) => void): void {
  program
    .command('lsp')
    .description('serve an editor: language server over standard input and output')
    .option('--stdio', 'accepted, because some editors pass it; there is no other way')
    .addHelpText('after', examples)
    .action(async () => {
      const { serveStdio } = await import('../../language/stdio.ts');
      serveStdio();
      // The server ends the process itself when its client has gone.
      await once(io.interrupt, 'abort');
      exit('interrupted');
      io.stdin.destroy();
    });
}
