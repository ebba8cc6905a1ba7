// What a source file imports and which global names it uses, read from its syntax tree.
//
// Only the syntax is read, file by file: no types are resolved, so the whole house takes about a second.
import ts from 'typescript';

export interface Import {
  /** The module as written, `../base/time.ts`; null for a dynamic import whose argument is not a literal. */
  readonly module: string | null;
  readonly typesOnly: boolean;
  readonly line: number;
}

export interface NameUse {
  /** `Date`, `Math.random` for a member of a global, `.localeCompare` for a member of anything, `await`. */
  readonly name: string;
  readonly line: number;
}

export interface Scanned {
  readonly imports: readonly Import[];
  readonly names: readonly NameUse[];
}

const literal = (node: ts.Node | undefined): string | null =>
  node !== undefined && ts.isStringLiteralLike(node) ? node.text : null;

/** Whether the identifier refers to a variable in scope, rather than naming a member or a key. */
function isReference(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isQualifiedName(parent)) return parent.left === node;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return false;
  const named = parent as { name?: ts.Node };
  const isMember =
    ts.isPropertyAssignment(parent) || ts.isClassElement(parent) || ts.isTypeElement(parent) || ts.isEnumMember(parent);
  return !(isMember && named.name === node);
}

function importOf(node: ts.Node): { module: string | null; typesOnly: boolean } | undefined {
  if (ts.isImportDeclaration(node)) {
    return {
      module: literal(node.moduleSpecifier),
      typesOnly: node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword,
    };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return { module: literal(node.moduleSpecifier), typesOnly: node.isTypeOnly };
  }
  if (ts.isImportTypeNode(node)) {
    return { module: ts.isLiteralTypeNode(node.argument) ? literal(node.argument.literal) : null, typesOnly: true };
  }
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
    return { module: literal(node.moduleReference.expression), typesOnly: node.isTypeOnly };
  }
  if (ts.isCallExpression(node)) {
    const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require';
    if (isRequire || node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      return { module: literal(node.arguments[0]), typesOnly: false };
    }
  }
  return undefined;
}

function namesOf(node: ts.Node): string[] {
  if (ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AwaitKeyword) return ['await'];
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return ['async'];
  if (ts.isIdentifier(node) && isReference(node)) return [node.text];
  if (ts.isPropertyAccessExpression(node)) {
    const object = ts.isIdentifier(node.expression) ? [`${node.expression.text}.${node.name.text}`] : [];
    return [...object, `.${node.name.text}`];
  }
  return [];
}

export function scan(path: string, text: string): Scanned {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const imports: Import[] = [];
  const names: NameUse[] = [];
  const visit = (node: ts.Node): void => {
    const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
    const found = importOf(node);
    if (found !== undefined) imports.push({ ...found, line });
    for (const name of namesOf(node)) names.push({ name, line });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { imports, names };
}
