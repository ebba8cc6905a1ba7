// The bundles: every file that `npm run build` puts into dist/, and how large each may grow.
//
// Each bundle carries all it needs (the extension is installed without node_modules), so the size is the price of a
// dependency. A budget is what the file weighs today plus room to grow; raising one is a decision, made here.
import type { BuildOptions } from 'esbuild';

export interface Bundle {
  readonly entry: string;
  readonly file: string;
  readonly budget_bytes: number;
  readonly options: BuildOptions;
}

const node: BuildOptions = { platform: 'node', target: 'node20', format: 'cjs' };
const page: BuildOptions = { platform: 'browser', target: 'es2022', format: 'iife' };

export const bundles: readonly Bundle[] = [
  {
    entry: 'extension/main.ts',
    file: 'dist/extension.cjs',
    budget_bytes: 700_000,
    options: { ...node, external: ['vscode'] },
  },
  {
    // The script of the capability table's page.
    entry: 'extension/webview/main.ts',
    file: 'dist/capability-table.js',
    budget_bytes: 50_000,
    options: page,
  },
  {
    // The script of the inspectors' pages.
    entry: 'extension/webview/inspector.ts',
    file: 'dist/inspector.js',
    budget_bytes: 50_000,
    options: page,
  },
  { entry: 'debug-adapter/main.ts', file: 'dist/debug-adapter.cjs', budget_bytes: 1_500_000, options: node },
  { entry: 'language/main.ts', file: 'dist/language-server.cjs', budget_bytes: 1_500_000, options: node },
  { entry: 'cli/main.ts', file: 'dist/osf1ad.cjs', budget_bytes: 2_000_000, options: node },
  {
    // The simulator alone, for the test that runs it in a browser's worker and compares digests with Node's.
    entry: 'test/browser/worker.ts',
    file: 'dist/simulator-worker.js',
    budget_bytes: 500_000,
    options: page,
  },
];
