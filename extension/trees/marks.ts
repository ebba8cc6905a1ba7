/**
 * The marks of rows that have changed since the last stop: a letter at the right and a colour that a theme can choose,
 * the same in all views.
 *
 * The editor decorates resources, so every marked row gets an address that spells its mark; nothing has to be told when
 * a mark comes or goes, because then the address is another one.
 */
import { ThemeColor, Uri, type FileDecoration, type FileDecorationProvider } from 'vscode';
import type { Mark } from '../views/changes.ts';

const scheme = 'osf1ad-row';

export const markUri = (id: string, mark: Mark): Uri => Uri.from({ scheme, path: `/${id}`, query: mark });

const decorations: Readonly<Record<string, FileDecoration>> = {
  changed: { badge: '●', color: new ThemeColor('osf1ad.changed'), tooltip: 'changed since the last stop' },
  new: { badge: '+', color: new ThemeColor('osf1ad.new'), tooltip: 'new since the last stop' },
  gone: { badge: '−', color: new ThemeColor('osf1ad.gone'), tooltip: 'gone since the last stop' },
  inside: { badge: '·', tooltip: 'something below has changed since the last stop' },
};

export const marks: FileDecorationProvider = {
  provideFileDecoration: (uri) => (uri.scheme === scheme ? decorations[uri.query] : undefined),
};
