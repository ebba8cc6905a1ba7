// npm run imports: judges every TypeScript file of the repository against the table of rooms.
import { main } from '../processes.ts';
import { house } from './house.ts';
import { judge } from './judge.ts';

main(async () => {
  const files = house();
  const findings = judge(files);
  for (const { path, line, message } of findings) console.error(`${path}:${line}: ${message}`);
  if (findings.length > 0) throw new Error(`${findings.length} imports or names break the table of rooms`);
  console.log(`${files.size} files keep to the table of rooms`);
});
