/**
 * The checker: everything that can be said about a script before it runs.
 *
 * A declaration with a syntax error inside is not checked (its holes would only echo the error), but its name still counts
 * for the others.
 */
import { AstUtils, type AstNode } from 'langium';
import { checkCluster } from './check/cluster.ts';
import { mustBeConstant, type Check } from './check/context.ts';
import { checkExpression } from './check/expression.ts';
import { checkBody } from './check/statement.ts';
import { constantValue } from './constants.ts';
import { collect, inOrder, type Diagnostic } from './diagnostics.ts';
import * as ast from './generated/ast.ts';
import { sentences, suggestion } from './nearest.ts';
import { allNodesOf, clustersOf, isWhole, programsOf, scriptOf, spanOf, spanOfProperty } from './tree.ts';
import { parameterType, parameterTypes, taskParameterTypes } from './types.ts';
import { createTyping } from './typing.ts';
import type { Profiles } from './vocabulary/profiles.ts';

/** Checks a parsed script; `errors` are its syntax errors, which come first on their lines. */
export function checkScript(script: ast.Script, errors: readonly Diagnostic[], profiles: Profiles): Diagnostic[] {
  const found = [...errors];
  const whole = new Set<AstNode>(script.declarations.filter((each) => isWhole(each) && !isBroken(each, errors)));
  const cx: Check = { report: collect(found), typing: createTyping(), profiles, whole };
  checkDeclaredNames(cx, script);
  for (const declaration of script.declarations) {
    if (whole.has(declaration)) checkDeclaration(cx, declaration);
  }
  if (errors.length === 0) checkUnused(cx, script);
  return inOrder(found);
}

function isBroken(declaration: ast.Declaration, errors: readonly Diagnostic[]): boolean {
  const { line, endLine } = spanOf(declaration);
  return errors.some(({ span }) => span.line >= line && span.line <= endLine);
}

function checkDeclaration(cx: Check, declaration: ast.Declaration): void {
  switch (declaration.$type) {
    case 'ClusterDeclaration':
      checkCluster(cx, declaration);
      return;
    case 'FileDeclaration':
      checkFile(cx, declaration);
      return;
    case 'ConstantDeclaration':
      checkConstant(cx, declaration);
      return;
    case 'ProgramDeclaration':
      checkProgram(cx, declaration);
      return;
    case 'TaskDeclaration':
      checkTask(cx, declaration);
      return;
    case 'ScenarioDeclaration':
      checkScenario(cx, declaration);
      return;
  }
}

function checkFile(cx: Check, file: ast.FileDeclaration): void {
  const isImage = programsOf(scriptOf(file)).some(({ name }) => file.path === `/bin/${name}`);
  if (file.size !== undefined) {
    checkExpression(cx, file.size);
    mustBeConstant(cx, file.size, 'size', 0, 'The size of a file');
  } else if (!isImage) {
    cx.report(
      'wrong-type',
      spanOfProperty(file, 'path'),
      'A file needs a size: `size 64 KB`. Only the image of a program, `/bin/NAME`, has one.',
    );
  }
  if (file.owner !== undefined) {
    checkExpression(cx, file.owner);
    mustBeConstant(cx, file.owner, 'int', 0, 'The owner of a file');
  }
  if (file.mode !== undefined && !/^[0-7]{1,4}$/.test(file.mode)) {
    cx.report('wrong-type', spanOfProperty(file, 'mode'), 'A mode is up to four octal digits: `"644"`, `"4755"`.');
  }
  if (file.node === undefined) return;
  const name = file.node.$refText;
  const span = spanOfProperty(file, 'node');
  const node = file.node.ref;
  if (node === undefined) {
    const known = allNodesOf(scriptOf(file)).map((each) => each.name);
    const { text, fix } = suggestion(name, known);
    cx.report('unknown-node', span, sentences(`No cluster has a node \`${name}\`.`, text), fix);
    return;
  }
  if (!cx.whole.has(node.$container) || node.items.some(ast.isFileServerItem)) return;
  cx.report(
    'no-file-server',
    span,
    `The node \`${name}\` has no file server to hold the file: add \`file_server "/..."\`.`,
  );
}

function checkConstant(cx: Check, constant: ast.ConstantDeclaration): void {
  const found: Diagnostic[] = [];
  checkExpression({ ...cx, report: collect(found) }, constant.value);
  for (const { code, span, message, fix } of found) cx.report(code, span, message, fix);
  if (found.length > 0 || constantValue(constant.value) !== undefined) return;
  const message = 'A constant must be known before the run: use numbers, texts and other constants only.';
  cx.report('not-constant', spanOf(constant.value), message);
}

function checkParameters(
  cx: Check,
  { $type, parameters }: ast.ProgramDeclaration | ast.TaskDeclaration,
  types: readonly string[],
): void {
  const kind = $type === 'ProgramDeclaration' ? 'program' : 'task';
  const names = new Set<string>();
  for (const parameter of parameters) {
    if (names.has(parameter.name)) {
      const message = `The ${kind} has a parameter \`${parameter.name}\` already: choose another name.`;
      cx.report('duplicate-name', spanOfProperty(parameter, 'name'), message);
    }
    names.add(parameter.name);
    if (types.includes(parameter.parameterType)) continue;
    const { text, fix } = suggestion(parameter.parameterType, types);
    const unknown = parameterType(parameter.parameterType) === 'unknown';
    const message = unknown
      ? sentences(`There is no type \`${parameter.parameterType}\`.`, text)
      : `A ${kind} has no parameters of type \`${parameter.parameterType}\`.`;
    cx.report('unknown-type', spanOfProperty(parameter, 'parameterType'), message, fix);
  }
}

function checkTask(cx: Check, task: ast.TaskDeclaration): void {
  checkParameters(cx, task, taskParameterTypes);
  checkBody(cx, task.statements);
}

function checkProgram(cx: Check, program: ast.ProgramDeclaration): void {
  checkParameters(cx, program, parameterTypes);
  const regions = new Set<string>();
  for (const region of program.image?.regions ?? []) {
    if (regions.has(region.region)) {
      cx.report('repeated', spanOf(region), `The image has its \`${region.region}\` already: remove one of them.`);
    }
    regions.add(region.region);
    checkExpression(cx, region.size);
    mustBeConstant(cx, region.size, 'size', region.region === 'text' ? 1 : 0, `The size of \`${region.region}\``);
  }
  checkBody(cx, program.statements);
}

function checkScenario(cx: Check, scenario: ast.ScenarioDeclaration): void {
  const { cluster } = scenario;
  const known = clustersOf(scriptOf(scenario)).map(({ name }) => name);
  if (cluster === undefined) {
    const { text } = suggestion('', known);
    const message = sentences('Say what it runs on: `scenario "..." on CLUSTER`.', text);
    cx.report('no-cluster', spanOfProperty(scenario, 'title'), message);
  } else if (cluster.ref === undefined) {
    const { text, fix } = suggestion(cluster.$refText, known);
    const message = sentences(`There is no cluster \`${cluster.$refText}\`.`, text);
    cx.report('unknown-cluster', spanOfProperty(scenario, 'cluster'), message, fix);
  }
  if (scenario.seed !== undefined) {
    checkExpression(cx, scenario.seed);
    mustBeConstant(cx, scenario.seed, 'int', 0, 'The seed');
  }
  checkBody(cx, scenario.statements);
}

/** Names of one kind are different: programs, tasks, clusters, constants, files by their path, scenarios by their title. */
function checkDeclaredNames(cx: Check, script: ast.Script): void {
  const seen = new Map<string, number>();
  for (const declaration of script.declarations) {
    const property = ast.isScenarioDeclaration(declaration)
      ? 'title'
      : ast.isFileDeclaration(declaration)
        ? 'path'
        : 'name';
    const name: unknown = (declaration as unknown as Record<string, unknown>)[property];
    if (typeof name !== 'string') continue;
    const kind = declaration.$type.replace('Declaration', '').toLowerCase();
    const before = seen.get(`${kind} ${name}`);
    if (before === undefined) {
      seen.set(`${kind} ${name}`, spanOf(declaration).line);
    } else {
      const message = `There is a ${kind} \`${name}\` on line ${before} already: choose another name.`;
      cx.report('duplicate-name', spanOfProperty(declaration, property), message);
    }
  }
}

/** Variables that nothing reads. A name that begins with `_` is meant to be unread. */
function checkUnused(cx: Check, script: ast.Script): void {
  const read = new Set<AstNode | undefined>();
  const variables: ast.LetStatement[] = [];
  for (const node of AstUtils.streamAst(script)) {
    if (ast.isNameUse(node)) read.add(node.target.ref);
    if (ast.isTouchStatement(node)) read.add(node.region.ref);
    if (ast.isLetStatement(node)) variables.push(node);
  }
  for (const variable of variables) {
    if (read.has(variable) || variable.name.startsWith('_')) continue;
    cx.report('unused-variable', spanOfProperty(variable, 'name'), `Nothing reads \`${variable.name}\`.`);
  }
}
