/**
 * The frame of the capability table's page: what the browser may load, the controls, an empty grid. The rows are drawn by
 * the page's own script (webview/).
 */
import { Uri, type Webview } from 'vscode';

export function pageHtml(webview: Webview, extension: Uri, nonce: string): string {
  const at = (path: string): string => webview.asWebviewUri(Uri.joinPath(extension, path)).toString();
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource}">
    <title>Capability table</title>
    <link rel="stylesheet" href="${at('extension/media/capability-table.css')}">
  </head>
  <body>
    <header>
      <h1 id="title">Capabilities</h1>
      <p id="when" role="status" aria-live="polite"></p>
      <div class="tools" role="toolbar" aria-label="Capability table">
        <input id="filter" type="search" placeholder="Filter (press /)" aria-label="Filter the capabilities" spellcheck="false">
        <label><input id="changed" type="checkbox"> Changed only</label>
        <button id="copy" title="Copy the table as tab-separated values">Copy</button>
        <button id="reveal" title="Show the task in the Tasks view">Show Task</button>
      </div>
    </header>
    <main id="scroll">
      <table id="grid" role="grid" aria-labelledby="title">
        <thead><tr id="head"></tr></thead>
        <tbody id="rows"></tbody>
      </table>
      <p id="note"></p>
    </main>
    <script nonce="${nonce}" src="${at('dist/capability-table.js')}"></script>
  </body>
</html>`;
}
