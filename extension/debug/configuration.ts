/**
 * What to run when somebody presses F5: with a launch configuration what it says, without one the script in the editor.
 * A script with several scenarios asks which; the configurations that the Run view offers name one scenario each.
 */
import { basename } from 'node:path';
import {
  Uri,
  debug,
  window,
  workspace,
  type DebugConfiguration,
  type DebugConfigurationProvider,
  type TextDocument,
  type WorkspaceFolder,
} from 'vscode';
import { scenariosOf, type ScenarioPlace } from '../views/scenarios.ts';

export const configurations: DebugConfigurationProvider = {
  provideDebugConfigurations() {
    const script = activeScript();
    if (script === null) return [{ ...ofScript('${file}'), name: 'Debug the current workload' }];
    const program = script.uri.scheme === 'file' ? script.uri.fsPath : script.uri.toString();
    return scenariosOf(script.getText()).map(({ name }) => ({ ...ofScript(program), name, scenario: name }));
  },

  resolveDebugConfiguration(_folder, configuration) {
    if (isComplete(configuration)) return configuration;
    const script = activeScript();
    if (script === null) {
      void window.showErrorMessage(
        'Open a workload script (.adw) to debug it, or name one in the launch configuration.',
      );
      return undefined;
    }
    return { ...ofScript(pathOf(script.uri)), ...present(configuration), program: pathOf(script.uri) };
  },

  async resolveDebugConfigurationWithSubstitutedVariables(_folder, configuration) {
    if (configuration['scenario'] !== undefined) return configuration;
    const places = await scenariosIn(String(configuration['program']));
    const scenario = places.length > 1 ? await pick(places) : places[0]?.name;
    if (scenario === undefined) return places.length > 1 ? undefined : configuration;
    return { ...configuration, scenario };
  },
};

/** Runs or debugs a scenario: the one that is named, the only one, or the one that is chosen. */
export async function start(script: Uri, scenario: string | undefined, noDebug: boolean): Promise<void> {
  const folder: WorkspaceFolder | undefined = workspace.getWorkspaceFolder(script);
  const configuration = { ...ofScript(pathOf(script)), ...(scenario === undefined ? {} : { scenario }) };
  await debug.startDebugging(folder, configuration, { noDebug });
}

const ofScript = (program: string): DebugConfiguration => ({
  type: 'osf1ad',
  request: 'launch',
  name: `Debug ${basename(program)}`,
  program,
});

const pathOf = (uri: Uri): string =>
  uri.scheme === 'file' || uri.scheme === 'vscode-remote' ? uri.fsPath : uri.toString();

const isComplete = (configuration: DebugConfiguration): boolean =>
  configuration.type !== '' && typeof configuration['program'] === 'string' && configuration['program'] !== '';

/** F5 without a launch.json comes with nothing in it, or with empty texts. */
const present = (configuration: DebugConfiguration): object =>
  Object.fromEntries(Object.entries(configuration).filter(([, value]) => value !== '' && value !== undefined));

function activeScript(): TextDocument | null {
  const document = window.activeTextEditor?.document;
  return document?.languageId === 'osf1ad' ? document : null;
}

/** A script that cannot be read has no scenarios; the adapter says why, in front of the user. */
async function scenariosIn(program: string): Promise<readonly ScenarioPlace[]> {
  const uri = /^[a-z][a-z\d+.-]+:\/\//i.test(program) ? Uri.parse(program) : Uri.file(program);
  try {
    return scenariosOf((await workspace.openTextDocument(uri)).getText());
  } catch {
    return [];
  }
}

async function pick(places: readonly ScenarioPlace[]): Promise<string | undefined> {
  const items = places.map(({ name, line }) => ({ label: name, description: `line ${line + 1}` }));
  const picked = await window.showQuickPick(items, { title: 'Which scenario?', placeHolder: 'Scenario to run' });
  return picked?.label;
}
