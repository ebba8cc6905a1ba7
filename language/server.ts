/**
 * The language server, without a transport: give it a connection, and it answers on it. Runs in Node and in a browser.
 */
import { EmptyFileSystem, inject, type FileSystemProvider, type LangiumSharedCoreServices } from 'langium';
import {
  createDefaultModule,
  createDefaultSharedModule,
  startLanguageServer,
  type LangiumServices,
  type LangiumSharedServices,
} from 'langium/lsp';
import type { Connection } from 'vscode-languageserver';
import { simulatorProfiles } from './compile/profiles.ts';
import { Osf1adGeneratedModule, Osf1adGeneratedSharedModule } from './generated/module.ts';
import { languageModule } from './module.ts';
import { Osf1adCodeActionProvider } from './services/actions.ts';
import { Osf1adCompletionProvider } from './services/completion.ts';
import { Osf1adFoldingProvider } from './services/folding.ts';
import { Osf1adFormatter } from './services/formatter.ts';
import { Osf1adHoverProvider } from './services/hover.ts';
import { Osf1adReferences } from './services/references.ts';
import { Osf1adRenameProvider } from './services/rename.ts';
import { Osf1adSymbolProvider } from './services/symbols.ts';
import { Osf1adSemanticTokens } from './services/tokens.ts';
import { Osf1adValidator } from './services/validator.ts';

interface Host {
  readonly connection?: Connection;
  /** Where closed scripts of a workspace are read from; nowhere if it is not given. */
  readonly fileSystemProvider?: (services: LangiumSharedCoreServices) => FileSystemProvider;
}

const profiles = simulatorProfiles;

const editorModule = {
  lsp: {
    CodeActionProvider: () => new Osf1adCodeActionProvider(),
    CompletionProvider: (services: LangiumServices) => new Osf1adCompletionProvider(services.parser.Lexer, profiles),
    DocumentSymbolProvider: () => new Osf1adSymbolProvider(),
    FoldingRangeProvider: (services: LangiumServices) => new Osf1adFoldingProvider(services),
    Formatter: (services: LangiumServices) => new Osf1adFormatter(services.parser.Lexer),
    HoverProvider: (services: LangiumServices) => new Osf1adHoverProvider(services.references.References, profiles),
    RenameProvider: (services: LangiumServices) => new Osf1adRenameProvider(services),
    SemanticTokenProvider: (services: LangiumServices) => new Osf1adSemanticTokens(services),
  },
  references: {
    References: (services: LangiumServices) => new Osf1adReferences(services),
  },
  validation: {
    DocumentValidator: (services: LangiumServices) => new Osf1adValidator(services.parser.Lexer, profiles),
  },
};

export interface LanguageServices {
  readonly shared: LangiumSharedServices;
  readonly language: LangiumServices;
}

export function createLanguageServices({ connection, fileSystemProvider }: Host = {}): LanguageServices {
  const context = {
    fileSystemProvider: fileSystemProvider ?? EmptyFileSystem.fileSystemProvider,
    ...(connection === undefined ? {} : { connection }),
  };
  const shared = inject(createDefaultSharedModule(context), Osf1adGeneratedSharedModule);
  const language = inject(createDefaultModule({ shared }), Osf1adGeneratedModule, languageModule, editorModule);
  shared.ServiceRegistry.register(language);
  return { shared, language };
}

/** Serves until the connection ends. */
export function serve(host: Host & { readonly connection: Connection }): void {
  startLanguageServer(createLanguageServices(host).shared);
}
