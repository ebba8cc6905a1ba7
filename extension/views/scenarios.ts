/**
 * The names of a script's scenarios, for the list from which somebody picks what to run. It must work on a script that
 * is just being written, with errors in it, and before the language server has started: so it reads no syntax tree, it
 * skips comments and texts and looks for the word and the name behind it.
 */

export interface ScenarioPlace {
  readonly name: string;
  /** Counted from 0. */
  readonly line: number;
}

const tokens = /\/\/[^\n]*|\/\*[^]*?\*\/|\bscenario\s+("(?:[^"\\\n]|\\.)*")|"(?:[^"\\\n]|\\.)*"/g;

export function scenariosOf(text: string): readonly ScenarioPlace[] {
  return [...text.matchAll(tokens)].flatMap(({ 1: quoted, index }) => {
    const name = quoted === undefined ? undefined : unquoted(quoted);
    return name === undefined ? [] : [{ name, line: text.slice(0, index).split('\n').length - 1 }];
  });
}

function unquoted(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/g, '$1');
}
