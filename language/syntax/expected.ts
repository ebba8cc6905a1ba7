/**
 * What the parser expected, in words. The parser knows rules and tokens; a person is told about names, texts and
 * statements. The sentence is finished by errors.ts, which sees what was found instead.
 */
import { LangiumParserErrorMessageProvider } from 'langium';

type Mismatch = Parameters<LangiumParserErrorMessageProvider['buildMismatchTokenMessage']>[0];
type NoViable = Parameters<LangiumParserErrorMessageProvider['buildNoViableAltMessage']>[0];
type EarlyExit = Parameters<LangiumParserErrorMessageProvider['buildEarlyExitMessage']>[0];

export const declaration = 'a declaration: cluster, file, const, program, task or scenario';

export const statement = 'a statement';
export const statementOrEnd = 'a statement or `}`';

const tokens: Readonly<Record<string, string>> = {
  ID: 'a name',
  STRING: 'a text in double quotes',
  NUMBER: 'a number',
  QUANTITY: 'a number with a unit',
};

const rules: Readonly<Record<string, string>> = {
  Script: declaration,
  Declaration: declaration,
  ClusterItem: 'machine, network, price or node',
  NodeItem: 'pma, pm_master, credentials, file_server, memory or refuse',
  ServerItem: 'pma, pm_master or credentials',
  RefuseItem: '`always`, `when busy` or `when memory.free < SIZE`',
  Image: 'text, data, bss or stack and its size',
  RegionSize: 'text, data, bss or stack and its size',
  SimpleValue: 'a number',
  Statement: statement,
  CallStatement: statement,
  IfStatement: '`{` or `if`',
  NumberLiteral: 'a number',
  TruthLiteral: 'true or false',
  Literal: 'a number or a text',
  Name: 'a name',
  FunctionName: 'a name',
  FieldName: 'the name of a field',
};

/** What may still stand before the closing brace of a rule. */
const contents: Readonly<Record<string, string>> = {
  ClusterDeclaration: 'machine, network, price, node or `}`',
  NodeDeclaration: 'pma, pm_master, credentials, file_server, memory, refuse or `}`',
  ProgramDeclaration: statementOrEnd,
  TaskDeclaration: statementOrEnd,
  ScenarioDeclaration: statementOrEnd,
  Block: statementOrEnd,
};

/** The parser marks the names of its rules with an invisible letter. */
const plain = (ruleName: string): string => ruleName.replace('\u200B', '');

export class ExpectedMessages extends LangiumParserErrorMessageProvider {
  override buildMismatchTokenMessage({ expected, ruleName }: Mismatch): string {
    if (expected.name === '}') return contents[plain(ruleName)] ?? '`}`';
    if (expected.name === ':') return '`:` and a type';
    if (expected.name === 'EOF') return declaration;
    return tokens[expected.name] ?? `\`${expected.name}\``;
  }

  override buildNoViableAltMessage({ ruleName }: NoViable): string {
    return rules[plain(ruleName)] ?? 'an expression';
  }

  override buildEarlyExitMessage({ ruleName }: EarlyExit): string {
    return rules[plain(ruleName)] ?? 'an expression';
  }

  override buildNotAllInputParsedMessage(): string {
    return declaration;
  }
}
