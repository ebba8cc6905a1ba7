/**
 * Hover: what a name stands for, with the comment above its declaration, and for the words of the language what they mean.
 */
import { CstUtils, type LangiumDocument, type LeafCstNode, type References } from 'langium';
import type { HoverProvider } from 'langium/lsp';
import type { Hover, HoverParams } from 'vscode-languageserver';
import * as ast from '../generated/ast.ts';
import { roomOf } from '../tree.ts';
import { createTyping } from '../typing.ts';
import { functionNamed, signature } from '../vocabulary/functions.ts';
import { documentedWords } from '../vocabulary/keywords.ts';
import { configurations, placements, type Profiles } from '../vocabulary/profiles.ts';
import { quantity, showSize, showTime } from '../vocabulary/units.ts';
import {
  fieldsOf,
  implementations,
  knownName,
  mechanisms,
  notifications,
  phases,
  regions,
  strategies,
  type Word,
} from '../vocabulary/words.ts';
import { docOf, headOf, isDocumented } from './docs.ts';

export class Osf1adHoverProvider implements HoverProvider {
  readonly #references: References;
  readonly #profiles: Profiles;

  constructor(references: References, profiles: Profiles) {
    this.#references = references;
    this.#profiles = profiles;
  }

  getHoverContent(document: LangiumDocument, { position }: HoverParams): Hover | undefined {
    const root = document.parseResult.value.$cstNode;
    if (root === undefined) return undefined;
    const leaf = CstUtils.findLeafNodeAtOffset(root, document.textDocument.offsetAt(position));
    if (leaf === undefined || leaf.hidden) return undefined;
    const value = this.#declared(leaf) ?? this.#known(leaf);
    return value === undefined ? undefined : { contents: { kind: 'markdown', value }, range: leaf.range };
  }

  #declared(leaf: LeafCstNode): string | undefined {
    const target = this.#references.findDeclarations(leaf).find(isDocumented);
    return target === undefined ? undefined : card(headOf(target), docOf(target));
  }

  #known(leaf: LeafCstNode): string | undefined {
    const { astNode: node, text } = leaf;
    switch (node.$type) {
      case 'MachineItem':
        return found(this.#profiles.machines, text) ?? word(text);
      case 'NetworkItem':
        return found(this.#profiles.networks, text) ?? word(text);
      case 'ManagementItem':
        return found(configurations, text) ?? word(text);
      case 'PlacementItem':
        return found(placements, text) ?? word(text);
      case 'PriceItem':
        return found(this.#profiles.prices, text) ?? word(text);
      case 'TouchStatement':
        return found(regions, text) ?? word(text);
      case 'HandlerStatement':
      case 'OnStatement':
        return found(phases, text) ?? word(text);
      case 'Migrate':
        return found([...mechanisms, ...implementations, ...strategies], text) ?? word(text);
      case 'RequestStatement':
        return found(notifications, text) ?? word(text);
      case 'FieldUse':
        return found(fieldsOf(createTyping().of((node as ast.FieldUse).receiver)), text);
      case 'NameUse':
        return found(
          [knownName(text)].filter((each) => each !== undefined),
          text,
        );
      case 'NumberLiteral':
        return number(text);
      case 'ScenarioDeclaration':
        return text.startsWith('"') ? card(`scenario ${text}`, docOf(node)) : word(text);
      case 'Call': {
        const room = roomOf(node);
        const called = room === undefined ? undefined : functionNamed(text, room);
        return called === undefined ? undefined : card(signature(called), called.doc);
      }
      default:
        return word(text);
    }
  }
}

const card = (head: string, doc: string): string => `\`\`\`osf1ad\n${head}\n\`\`\`${doc === '' ? '' : `\n\n${doc}`}`;

const word = (text: string): string | undefined => documentedWords.get(text);

function found(words: readonly Word[], name: string): string | undefined {
  const word = words.find((each) => each.name === name);
  return word === undefined ? undefined : `**${word.name}**: ${word.doc}`;
}

/** A time in its best unit and in nanoseconds, a size in its best unit and in bytes. */
function number(text: string): string | undefined {
  const { type, value, trouble } = quantity(text);
  if (trouble !== null || type === 'int') return undefined;
  return type === 'time' ? `${showTime(value)} = ${value} ns` : `${showSize(value)} = ${value} bytes`;
}
