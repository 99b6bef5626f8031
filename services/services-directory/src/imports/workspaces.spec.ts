import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { dropAbandonedWorkspaces, newWorkspace } from './workspaces.js';

it('the folder of a killed import goes at the next start; those of running ones, and of others, stay', async () => {
  const under = await mkdtemp(join(tmpdir(), 'workspaces-'));
  try {
    const { pid: ended } = spawnSync(process.execPath, ['--version']);
    const running = basename(await newWorkspace(under));
    for (const name of [`import-${ended}-abcdef`, 'import-notes', 'import-abcdef']) await mkdir(join(under, name));
    await writeFile(join(under, `import-${ended}-abcdef`, 'upload'), 'left behind');
    await dropAbandonedWorkspaces(under);
    expect((await readdir(under)).sort()).toEqual(['import-abcdef', 'import-notes', running].sort());
  } finally {
    await rm(under, { recursive: true });
  }
});
