/**
 * Completion. What may stand at the cursor follows from the one or two tokens before it and from what is open around it.
 */
import type { LangiumDocument, Lexer } from 'langium';
import type { CompletionProvider } from 'langium/lsp';
import {
  CompletionItemKind,
  type CompletionItem,
  type CompletionList,
  type CompletionParams,
} from 'vscode-languageserver';
import type * as ast from '../generated/ast.ts';
import { parameterTypes, taskParameterTypes } from '../types.ts';
import * as keywords from '../vocabulary/keywords.ts';
import { configurations, placements, type Profiles } from '../vocabulary/profiles.ts';
import { units } from '../vocabulary/units.ts';
import {
  implementations,
  knownNames,
  mechanisms,
  notifications,
  phases,
  regions,
  strategies,
  type Word,
} from '../vocabulary/words.ts';
import {
  carried,
  clusters,
  declarationItems,
  fields,
  nodeTexts,
  nodes,
  plain,
  programs,
  statements,
  tasks,
  values,
  variables,
  words,
  type Site,
} from './completion-items.ts';
import { outlineAt, type Outline } from './outline.ts';

export class Osf1adCompletionProvider implements CompletionProvider {
  readonly completionOptions = { triggerCharacters: ['.', ' '] };
  readonly #lexer: Lexer;
  readonly #profiles: Profiles;

  constructor(lexer: Lexer, profiles: Profiles) {
    this.#lexer = lexer;
    this.#profiles = profiles;
  }

  getCompletion(document: LangiumDocument, { position, context }: CompletionParams): CompletionList | undefined {
    const offset = document.textDocument.offsetAt(position);
    const text = document.textDocument.getText();
    if (insideComment(text, offset)) return undefined;
    const outline = outlineAt(this.#lexer.tokenize(text).tokens, offset);
    const script = document.parseResult.value as ast.Script;
    const items = itemsAt({ outline, script, profiles: this.#profiles });
    // A space asks only after a word that can be followed by few others.
    const asked = context?.triggerCharacter !== ' ' || items.length <= 12;
    return asked ? { isIncomplete: false, items } : undefined;
  }
}

function insideComment(text: string, offset: number): boolean {
  const before = text.slice(0, offset).replace(/"(?:\\.|[^"\\\n])*"/g, '');
  return before.lastIndexOf('/*') > before.lastIndexOf('*/') || /\/\/[^\n]*$/.test(before);
}

function itemsAt(site: Site): CompletionItem[] {
  const { outline } = site;
  const last = outline.before.at(-1);
  switch (last?.image) {
    case undefined:
      return words(keywords.declarationWords, CompletionItemKind.Keyword);
    case '.':
      return fields(site);
    case 'machine':
      return words(site.profiles.machines, CompletionItemKind.Value);
    case 'network':
      return words(site.profiles.networks, CompletionItemKind.Value);
    case 'process_management':
      return words(configurations, CompletionItemKind.EnumMember);
    case 'placement':
      return words(placements, CompletionItemKind.EnumMember);
    case 'file_caching':
      return plain(['on', 'off'], CompletionItemKind.Keyword);
    case 'lost_pages':
      return plain(['at_once', 'at_fault'], CompletionItemKind.Keyword);
    case 'price':
      return words(site.profiles.prices, CompletionItemKind.Value);
    case 'refuse':
      return plain(['always', 'when busy', 'when memory.free < '], CompletionItemKind.Keyword);
    case ':':
      return plain(outline.room === 'task' ? taskParameterTypes : parameterTypes, CompletionItemKind.TypeParameter);
    case 'touch':
    case 'dirty':
      return outline.room === 'task' ? variables(site, 'memory') : words(regions, CompletionItemKind.EnumMember);
    case 'request':
      return plain(['notification'], CompletionItemKind.Keyword);
    case 'notification':
      return words(notifications, CompletionItemKind.EnumMember);
    case 'publish':
      return variables(site, 'port');
    case 'share':
      return variables(site, 'memory');
    case 'start':
      return tasks(site);
    case 'phase':
      return words(phases, CompletionItemKind.EnumMember);
    case 'by':
      return words(mechanisms, CompletionItemKind.EnumMember);
    case 'using':
      return words(implementations, CompletionItemKind.EnumMember);
    case 'with':
      return words(strategiesOf(outline), CompletionItemKind.EnumMember);
    case 'agent':
      return plain(['on'], CompletionItemKind.Keyword);
    case 'spawn':
    case 'exec':
      return programs(site);
    case 'to':
      return outline.room === 'task' ? variables(site, 'port') : nodes(site);
    case 'crash':
    case 'reboot':
    case 'partition':
    case 'from':
      return nodes(site);
    case 'on':
      return afterOn(site);
    case 'of':
    case 'wait':
      return variables(site);
    case 'migrate':
      return variables(site);
    case 'let':
    case 'count':
    case 'program':
    case 'cluster':
    case 'const':
    case 'scenario':
    case 'node':
      return [];
    default:
      return last?.tokenType.name === 'NUMBER' ? plain(unitNames, CompletionItemKind.Unit) : generalItems(site);
  }
}

/** The strategies that the implementation before the cursor knows. */
function strategiesOf({ before }: Outline): readonly Word[] {
  const using = before.at(-3)?.image === 'using' ? before.at(-2)?.image : undefined;
  return using === 'sms' || using === 'in_kernel' ? strategies.slice(0, 1) : strategies;
}

/** What may go on a `migrate` whose last words stand before the cursor. */
function afterMigrate({ before }: Outline): string[] {
  const start = before.findLastIndex(({ image }) => image === 'migrate');
  const said = before.slice(start).map(({ image }) => image);
  if (start < 0 || said.length > 20) return [];
  if (!said.includes('task')) return said.includes('to') && !said.some(treatsCalls) ? callTreatments : [];
  return ['using', 'with', 'rounds', 'threshold', 'agent'].filter((word) => !said.includes(word));
}

const callTreatments = ['awaiting calls', 'restarting calls', 'early'];
const treatsCalls = (word: string): boolean => ['awaiting', 'restarting', 'early'].includes(word);
const signalItems = words(
  knownNames.filter(({ type }) => type === 'signal'),
  CompletionItemKind.Constant,
);

const unitNames = units.map(({ name }) => name);

/** `on` follows a title, the arguments of a spawn, the path of a file, or begins `on phase`. */
function afterOn(site: Site): CompletionItem[] {
  const { before, around, room } = site.outline;
  const previous = before.at(-2);
  if (room === 'task') return previous?.image === ')' ? nodeTexts(site) : variables(site, 'port');
  if (room !== undefined && around !== 'script') {
    return previous?.image === ')' || previous?.image === 'agent'
      ? nodes(site)
      : room === 'program'
        ? signalItems
        : plain(['phase'], CompletionItemKind.Keyword);
  }
  return room === 'scenario' ? clusters(site) : nodes(site);
}

function generalItems(site: Site): CompletionItem[] {
  const { around, before, room } = site.outline;
  const last = before.at(-1)?.image ?? '';
  switch (around) {
    case 'cluster':
      return words(keywords.clusterWords, CompletionItemKind.Keyword);
    case 'node':
      return words(keywords.nodeWords, CompletionItemKind.Keyword);
    case 'script':
      return room !== undefined || /^["\w]/.test(last)
        ? [...plain(['on', 'seed', 'size', 'owner', 'mode'], CompletionItemKind.Keyword), ...declarationItems]
        : declarationItems;
    case 'parentheses':
      return room === undefined ? [] : [...values(site, room), ...(room === 'task' ? carried : [])];
    default: {
      if (room === undefined) return [];
      const statement = endsStatement(last) ? statements(room) : [];
      const joins = /^[\w")\]]/.test(last)
        ? plain(['and', 'or', 'in', 'to', 'by', 'on', ...afterMigrate(site.outline)], CompletionItemKind.Operator)
        : [];
      const branches = last === '}' ? plain(['else'], CompletionItemKind.Keyword) : [];
      return [...statement, ...values(site, room), ...joins, ...branches];
    }
  }
}

/** Whether a statement can begin after this token. */
const endsStatement = (image: string): boolean =>
  /^[{}\w")\]]/.test(image) && !/^(?:and|or|not|in|if|while|expect|compute|sleep|at)$/.test(image);
