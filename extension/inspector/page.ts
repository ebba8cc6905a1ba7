/**
 * The frame of an inspector's page: what the browser may load, the controls, a place for the tables. They are drawn by
 * the page's own script (webview/inspector.ts).
 */
import { Uri, type Webview } from 'vscode';

export function inspectorHtml(webview: Webview, extension: Uri, nonce: string, name: string): string {
  const at = (path: string): string => webview.asWebviewUri(Uri.joinPath(extension, path)).toString();
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource}">
    <title>${name}</title>
    <link rel="stylesheet" href="${at('extension/media/capability-table.css')}">
    <link rel="stylesheet" href="${at('extension/media/inspector.css')}">
  </head>
  <body>
    <header>
      <h1 id="title">${name}</h1>
      <p id="when" role="status" aria-live="polite"></p>
      <div class="tools" role="toolbar" aria-label="${name}">
        <input id="filter" type="search" placeholder="Filter (press /)" aria-label="Filter the rows" spellcheck="false">
        <label><input id="changed" type="checkbox"> Changed only</label>
        <button id="copy" title="Copy the tables as tab-separated values">Copy</button>
      </div>
    </header>
    <main id="sections"></main>
    <p id="note"></p>
    <script nonce="${nonce}" src="${at('dist/inspector.js')}"></script>
  </body>
</html>`;
}
