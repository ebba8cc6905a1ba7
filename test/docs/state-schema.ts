/**
 * The JSON Schema of the inspected state, read off simulator/inspect/state.ts and the files beside it: their
 * interfaces, and the comments as descriptions. docs/state.schema.json is this, written down; the test beside it holds the two together.
 *
 * It understands the few kinds of type that plain JSON needs, and throws at any other. Numbers are whole: times are
 * nanoseconds, sizes bytes, everything else is counted.
 */
import { readFileSync } from 'node:fs';
import ts from 'typescript';

export interface Schema {
  readonly [keyword: string]: unknown;
}

const source = 'simulator/inspect/state.ts';
const sources = [
  source,
  'simulator/inspect/state-ports.ts',
  'simulator/inspect/state-memory.ts',
  'simulator/inspect/state-started.ts',
  'simulator/inspect/state-processes.ts',
  'simulator/inspect/state-management.ts',
  'simulator/inspect/state-streams.ts',
];
const rootName = 'ClusterState';

export function stateSchema(): Schema {
  const definitions: Record<string, Schema> = {};
  const statementsOf = (path: string): readonly ts.Statement[] => [
    ...ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true).statements,
  ];
  for (const statement of sources.flatMap(statementsOf)) {
    if (ts.isInterfaceDeclaration(statement)) {
      definitions[statement.name.text] = { ...described(statement), ...objectSchema(statement.members) };
    } else if (ts.isTypeAliasDeclaration(statement)) {
      definitions[statement.name.text] = { ...described(statement), ...schemaOf(statement.type) };
    }
  }
  const { [rootName]: root, ...others } = definitions;
  if (root === undefined) throw new Error(`${source} does not declare ${rootName}`);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'state.schema.json',
    title: 'The state of a simulated cluster at one moment',
    description:
      'What `osf1ad run --json` prints and the debug adapter answers to `osf1ad/state`. Times are nanoseconds of virtual time, sizes bytes; nodes are named; ids are stable as long as the object lives.',
    ...root,
    $defs: others,
  };
}

function objectSchema(members: ts.NodeArray<ts.TypeElement>): Schema {
  const properties = members.map((member) => {
    if (!ts.isPropertySignature(member) || member.type === undefined) throw unknown(member);
    return [member.name.getText(), { ...described(member), ...schemaOf(member.type) }] as const;
  });
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required: properties.map(([name]) => name),
    additionalProperties: false,
  };
}

function schemaOf(type: ts.TypeNode): Schema {
  if (ts.isTypeOperatorNode(type)) return schemaOf(type.type);
  if (ts.isArrayTypeNode(type)) return { type: 'array', items: schemaOf(type.elementType) };
  if (ts.isTypeLiteralNode(type)) return objectSchema(type.members);
  if (ts.isLiteralTypeNode(type)) return literalSchema(type);
  if (ts.isUnionTypeNode(type)) return unionSchema(type.types);
  if (ts.isTypeReferenceNode(type)) return referenceSchema(type);
  switch (type.kind) {
    case ts.SyntaxKind.NumberKeyword:
      return { type: 'integer' };
    case ts.SyntaxKind.StringKeyword:
      return { type: 'string' };
    case ts.SyntaxKind.BooleanKeyword:
      return { type: 'boolean' };
    default:
      throw unknown(type);
  }
}

function literalSchema(type: ts.LiteralTypeNode): Schema {
  if (type.literal.kind === ts.SyntaxKind.NullKeyword) return { type: 'null' };
  if (ts.isStringLiteral(type.literal)) return { const: type.literal.text };
  throw unknown(type);
}

function unionSchema(types: readonly ts.TypeNode[]): Schema {
  const schemas = types.map(schemaOf);
  if (schemas.every((each) => 'const' in each)) return { enum: schemas.map((each) => each['const']) };
  return { anyOf: schemas };
}

/** `Readonly<T>`, `Record<'a' | 'b', T>`, or the name of another type of the file. */
function referenceSchema(type: ts.TypeReferenceNode): Schema {
  const name = type.typeName.getText();
  const [first, second] = type.typeArguments ?? [];
  if (name === 'Readonly' && first !== undefined) return schemaOf(first);
  if (name !== 'Record') return { $ref: `#/$defs/${name}` };
  if (first === undefined || second === undefined) throw unknown(type);
  const keys = schemaOf(first)['enum'];
  if (!Array.isArray(keys)) throw unknown(type);
  const properties = Object.fromEntries(keys.map((key: string) => [key, schemaOf(second)]));
  return { type: 'object', properties, required: keys, additionalProperties: false };
}

function described(node: ts.Node): Schema {
  const text = ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '')
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();
  return text === '' ? {} : { description: text };
}

function unknown(node: ts.Node): Error {
  return new Error(`${source}: no JSON Schema is known for \`${node.getText()}\``);
}
