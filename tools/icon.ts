// npm run icon: draws extension/media/icon.png from icon.svg beside it. The marketplace wants a bitmap; we keep the drawing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { browser } from './browser.ts';
import { main, root } from './processes.ts';

const media = join(root, 'extension/media');

main(async () => {
  const drawing = readFileSync(join(media, 'icon.svg'), 'utf8');
  const running = await chromium.launch({ executablePath: await browser(), args: ['--no-sandbox', '--disable-gpu'] });
  const page = await running.newPage({ viewport: { width: 256, height: 256 } });
  await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${drawing}`);
  await page.screenshot({ path: join(media, 'icon.png'), omitBackground: true });
  await running.close();
});
