/** What completion offers: words with their sentences, and what the script declares, as items. */
import { CompletionItemKind, type CompletionItem } from 'vscode-languageserver';
import type * as ast from '../generated/ast.ts';
import { clustersOf, constantsOf, countsOf, nodesOf, programsOf, tasksOf } from '../tree.ts';
import { fits, type Type } from '../types.ts';
import { functions, signature, type Room } from '../vocabulary/functions.ts';
import * as keywords from '../vocabulary/keywords.ts';
import type { Profiles } from '../vocabulary/profiles.ts';
import { fieldsOf, knownNames, type Word } from '../vocabulary/words.ts';
import { docOf, headOf, type Documented } from './docs.ts';
import { receiverTask, receiverType, type Outline } from './outline.ts';

export interface Site {
  readonly outline: Outline;
  readonly script: ast.Script;
  readonly profiles: Profiles;
}

const ownWords: Readonly<Record<Room, readonly Word[]>> = {
  program: keywords.programWords,
  task: keywords.taskWords,
  scenario: keywords.scenarioWords,
};

const ownValueWords: Readonly<Record<Room, readonly Word[]>> = {
  program: keywords.programValueWords,
  task: keywords.taskValueWords,
  scenario: keywords.scenarioValueWords,
};

export function statements(room: Room): CompletionItem[] {
  return words([...keywords.commonWords, ...ownWords[room]], CompletionItemKind.Keyword);
}

export function values(site: Site, room: Room): CompletionItem[] {
  const known = functions.filter(({ rooms }) => rooms.includes(room));
  const constants = constantsOf(site.script);
  return [
    ...variables(site),
    ...constants.map((each) => declared(each, CompletionItemKind.Constant)),
    ...(room === 'scenario' ? nodes(site) : []),
    ...known.map((word) => ({
      label: word.name,
      kind: CompletionItemKind.Function,
      detail: signature(word),
      documentation: word.doc,
    })),
    ...words(ownValueWords[room], CompletionItemKind.Keyword),
    ...words(knownNames, CompletionItemKind.Constant),
    ...plain(['true', 'false', 'not'], CompletionItemKind.Keyword),
  ];
}

/** The variables that are visible; only those that may be of the type, if one is wanted. */
export function variables({ outline }: Site, wanted?: Type): CompletionItem[] {
  const fitting = outline.variables.filter(({ type }) => wanted === undefined || fits(type, wanted));
  return fitting.map(({ name, type }) => ({
    label: name,
    kind: CompletionItemKind.Variable,
    ...(type === 'unknown' ? {} : { detail: type }),
    sortText: `0${name}`,
  }));
}

export const programs = ({ script }: Site): CompletionItem[] =>
  programsOf(script).map((each) => declared(each, CompletionItemKind.Class));

export const tasks = ({ script }: Site): CompletionItem[] =>
  tasksOf(script).map((each) => declared(each, CompletionItemKind.Class));

/** The questions that can be asked of what stands before the point; of a task also for what it counts. */
export function fields({ outline, script }: Site): CompletionItem[] {
  const known = words(fieldsOf(receiverType(outline)), CompletionItemKind.Field);
  const started = receiverTask(outline);
  const task = started === undefined ? undefined : tasksOf(script).find(({ name }) => name === started);
  return [
    ...known,
    ...(task === undefined ? [] : countsOf(task).map((each) => declared(each, CompletionItemKind.Field))),
  ];
}

export const clusters = ({ script }: Site): CompletionItem[] =>
  clustersOf(script).map((each) => declared(each, CompletionItemKind.Module));

/** The nodes of the scenario's cluster; outside of scenarios those of all clusters. */
export function nodes({ outline, script }: Site): CompletionItem[] {
  const own = clustersOf(script).filter(({ name }) => outline.room !== 'scenario' || name === outline.cluster);
  return own.flatMap((cluster) => nodesOf(cluster)).map((each) => declared(each, CompletionItemKind.Unit));
}

function declared(node: Documented, kind: CompletionItemKind): CompletionItem {
  const doc = docOf(node);
  return { label: node.name, kind, detail: headOf(node), ...(doc === '' ? {} : { documentation: doc }) };
}

/** The same as a task says it, and what it has as a text. */
export function nodeTexts(site: Site): CompletionItem[] {
  const named = nodes(site).map((each) => ({ ...each, label: `"${each.label}"` }));
  return [...named, ...variables(site, 'text')];
}

export function words(all: readonly Word[], kind: CompletionItemKind): CompletionItem[] {
  return all.map(({ name, doc }) => ({ label: name, kind, documentation: doc }));
}

export const plain = (all: readonly string[], kind: CompletionItemKind): CompletionItem[] =>
  all.map((label) => ({ label, kind }));

export const carried = words(keywords.carriedWords, CompletionItemKind.Keyword);

export const declarationItems = words(keywords.declarationWords, CompletionItemKind.Keyword);
