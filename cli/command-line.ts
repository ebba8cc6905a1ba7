/**
 * The command line: which commands there are, and how they end.
 *
 * Each command stands in a file of its own (commands/) and ends by returning an exit name, or by throwing a Failure.
 * Only here do these become text and a number.
 */
import { Command, CommanderError } from 'commander';
import { addDap } from './commands/dap.ts';
import { addLsp } from './commands/lsp.ts';
import { addRun } from './commands/run.ts';
import { addTest } from './commands/test.ts';
import { exitCodes, Failure, type ExitName } from './exit.ts';
import { palette, type Io } from './io.ts';
import { version } from './version.ts';

/** Runs one command line, and returns the exit code. Never throws. */
export async function osf1ad(args: readonly string[], io: Io): Promise<number> {
  let exit: ExitName = 'ok';
  const color = io.color && !args.includes('--no-color');
  const program = commands({ ...io, color }, (name) => (exit = name));
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    exit = failed(error, { ...io, color });
  }
  return exitCodes[exit];
}

const examples = `
Examples:
  osf1ad run examples/01-a-compiler-moves.adw
  osf1ad run examples/01-a-compiler-moves.adw --until attach --json
  osf1ad test examples

Exit codes: 0 all is well, 1 a defect of this program, 2 usage, 10 an expectation did not hold, 11 the scenario did not
come to its end, 12 a rule of the system was broken, 64 the script has syntax errors, 65 other errors, 66 no such file,
75 the moment of --until was not reached, 130 interrupted. They are explained in docs/cli.md.
`;

function commands(io: Io, exit: (name: ExitName) => void): Command {
  const program = new Command('osf1ad')
    .description('Runs, tests and serves workload scripts for a simulated Mach 3.0 / OSF/1 AD cluster.')
    .version(version, '-V, --version', 'print the version')
    .option('--no-color', 'no colours; so does the environment variable NO_COLOR')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', examples)
    .showHelpAfterError('(osf1ad --help says more)')
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .exitOverride();
  addRun(program, io, exit);
  addTest(program, io, exit);
  addDap(program, io, exit);
  addLsp(program, io, exit);
  return program;
}

function failed(error: unknown, io: Io): ExitName {
  // Commander has said already what is wrong, or has printed the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 'ok' : 'usage';
  const { red } = palette(io.color);
  if (error instanceof Failure) {
    io.err(`${error.message.replaceAll(': error: ', `: ${red('error')}: `)}\n`);
    return error.exit;
  }
  io.err(`${red('defect')}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 'defect';
}
