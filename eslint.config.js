// What the linter asks for, beyond what the compiler already does: no promise left floating, no case of a
// union forgotten, no assertion that silences the type checker. Matters of form belong to prettier.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', '.editor/', 'coverage/', 'language/generated/', 'test/editor/pictures/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A union that grows must be met by every switch over it.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // The compiler's own noUnusedLocals reports these; a leading underscore is how it is told otherwise.
      '@typescript-eslint/no-unused-vars': 'off',
      // Numbers and booleans read well inside a template; only objects print as nonsense.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/restrict-plus-operands': ['error', { allowNumberAndString: true }],
      // `() => send(message)` is clear even where send returns nothing.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // vscode's Disposable and FileDecoration are classes by name and shapes by use.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // A parameter used once still names what a table's row is.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // `while (true)` and guards against input that only claims to have its type are honest code.
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      // Interfaces of other packages decide what is async, not the body that happens to satisfy them.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['simulator/**/*.ts', 'bench/**/*.ts'],
    rules: {
      // The world is tables and typed arrays, and an index found in one is good in another: checkers hold the tables
      // against each other after every event, which is worth more than a branch that can never be taken.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Tests feed wrong values on purpose, and read into what they have just asserted to be there.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { require: 'readonly', module: 'writable' } },
  },
  {
    files: ['**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
);
