/**
 * The language, assembled: the generated parser, our scopes, our words for syntax errors. No language server, no file
 * system, no editor: this is what the compiler uses, and what the language server builds on.
 */
import {
  createDefaultCoreModule,
  createDefaultSharedCoreModule,
  EmptyFileSystem,
  inject,
  type LangiumCoreServices,
  type Module,
  type PartialLangiumCoreServices,
} from 'langium';
import { Osf1adGeneratedModule, Osf1adGeneratedSharedModule } from './generated/module.ts';
import { Osf1adScopeProvider } from './scope.ts';
import { ExpectedMessages } from './syntax/expected.ts';
import { BoundedLexer } from './syntax/lexer.ts';

export const languageModule: Module<LangiumCoreServices, PartialLangiumCoreServices> = {
  parser: {
    Lexer: (services) => new BoundedLexer(services),
    ParserErrorMessageProvider: () => new ExpectedMessages(),
  },
  references: {
    ScopeProvider: (services) => new Osf1adScopeProvider(services),
  },
};

export function createLanguage(): LangiumCoreServices {
  const shared = inject(createDefaultSharedCoreModule(EmptyFileSystem), Osf1adGeneratedSharedModule);
  const language = inject(createDefaultCoreModule({ shared }), Osf1adGeneratedModule, languageModule);
  shared.ServiceRegistry.register(language);
  return language;
}
